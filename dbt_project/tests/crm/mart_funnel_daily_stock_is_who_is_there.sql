-- The running sums of the funnel agree with the people who stand in each stage by their history.
with stocks as (
    select stage, sum(in_stage_at_end) as stock
    from {{ ref('mart_funnel_daily') }}
    where date_day = data_as_of and stage in ('Lead', 'MQL', 'SAL')
    group by stage
),

present as (
    select funnel_stage as stage, count(*) as people
    from {{ ref('int_person_stage') }}
    where exited_at is null and funnel_stage in ('Lead', 'MQL', 'SAL')
    group by funnel_stage
)

select stage, stocks.stock, present.people
from stocks
full outer join present using (stage)
where coalesce(stocks.stock, 0) <> coalesce(present.people, 0)
