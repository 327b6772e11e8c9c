-- With skipped stages imputed nobody is in a later stage without having been in the earlier ones (G7).
with reached as (
    select
        unit_id,
        max(stage_order) as furthest,
        count(*) as stages,
        count(*) filter (where recorded_on < entered_on) as late
    from {{ ref('int_stage_entry') }}
    where unit = 'person'
    group by unit_id
)

select reached.*
from reached
where
    late > 0
    or stages <> (
        select count(*)
        from {{ ref('funnel_stages') }}
        where funnel_stage in ('Lead', 'MQL', 'SAL', 'Opportunity') and stage_order <= reached.furthest
    )
