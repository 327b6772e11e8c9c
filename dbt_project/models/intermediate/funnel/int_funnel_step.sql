-- The conversion pairs that are steps of the funnel, per CRM and pipeline, and whether its history tells who passed.
with entered as (
    select
        entity_type, source, pipeline, stage,
        bool_or(recorded_at is not null or not is_imputed) as is_recorded
    from {{ ref('int_funnel_entry') }}
    where is_counted
    group by all
),

-- Steps that somebody was recorded in. A step that no pipeline has is left out: with it, either all leads would seem to
-- fail there (0 of all), or, with imputed entries, all of them to pass.
taken as (
    select distinct entity_type, stage from entered
    where is_recorded
),

pairs as (
    select pairs.*
    from {{ ref('conversion_pairs') }} as pairs
    inner join taken as starts on pairs.entity_type = starts.entity_type and pairs.from_stage = starts.stage
    left join taken as ends on pairs.entity_type = ends.entity_type and pairs.to_stage = ends.stage
    where
        ends.stage is not null
        -- What every funnel leads to is 0 as long as nobody got there.
        or pairs.to_stage in (
            'Customer', 'Won', 'Purchased', 'Retained', 'Churned', 'Subscription kept', 'Subscription ended'
        )
),

lines as (
    select distinct entity_type, source, pipeline from entered
),

untold as (
    select entity_type, source, pipeline, stage
    from {{ ref('int_step_history') }}
    where not has_history
),

final as (
    select
        pairs.metric,
        pairs.entity_type,
        pairs.from_stage,
        pairs.to_stage,
        pairs.pair_kind,
        lines.source,
        lines.pipeline,
        count(untold.stage) = 0 as is_told
    from pairs
    inner join lines on pairs.entity_type = lines.entity_type
    left join untold
        on
            lines.entity_type = untold.entity_type
            and lines.source = untold.source
            and lines.pipeline = untold.pipeline
            and untold.stage in (pairs.from_stage, pairs.to_stage)
    group by all
)

select * from final
