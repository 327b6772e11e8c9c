-- With skipped stages imputed the steps of each CRM multiply to its way from lead to customer (R035): nobody comes in
-- half-way. A step may be missing only where nobody who passed one of its two stages was ever recorded in it.
with totals as (
    select
        metric,
        dimension_value as source,
        sum(numerator) as reached,
        sum(denominator) as entered,
        sum(n_without_history) as untold
    from {{ ref('mart_funnel_conversion') }}
    where basis = 'cohort' and window_days is null and dimension_type = 'source'
    group by metric, dimension_value
),

wholes as (
    select source, reached, entered, {{ safe_divide('reached', 'entered') }} as rate from totals
    where metric = 'lead_to_customer'
),

-- Customers leave the line with the last step.
steps as (
    select metric, from_stage, to_stage from {{ ref('conversion_pairs') }}
    where entity_type = 'person' and pair_kind = 'adjacent'
),

passed as (
    select
        source,
        stage,
        bool_or(not is_imputed and outcome in ('forward', 'won')) as is_recorded
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'person' and stage_type = 'open'
    group by source, stage
),

published as (
    select
        wholes.source,
        steps.metric,
        totals.metric is not null and totals.untold = 0 as is_whole,
        totals.entered,
        {{ safe_divide('totals.reached', 'totals.entered') }} as rate,
        coalesce(starts.is_recorded, false) and (coalesce(ends.is_recorded, false) or steps.to_stage = 'Customer')
            as is_due
    from wholes
    cross join steps
    left join totals on wholes.source = totals.source and steps.metric = totals.metric
    left join passed as starts on wholes.source = starts.source and steps.from_stage = starts.stage
    left join passed as ends on wholes.source = ends.source and steps.to_stage = ends.stage
),

products as (
    select
        source,
        bool_and(is_whole) as is_complete,
        string_agg(metric, ', ' order by metric) filter (where is_due and not is_whole) as missing_steps,
        -- A step that nobody entered had nobody to lose: those before it have let nobody through.
        product(case when entered = 0 then 1 else rate end) as rate
    from published
    group by source
)

select
    wholes.source,
    wholes.rate as whole_rate,
    products.rate as product_of_steps,
    products.missing_steps
from wholes
inner join products on wholes.source = products.source
where products.missing_steps is not null or (products.is_complete and abs(wholes.rate - products.rate) > 1e-9)
