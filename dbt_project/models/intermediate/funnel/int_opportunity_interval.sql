-- The life of each deal as one unbroken line from its creation: its steps, `Unknown` as long as none is recorded, and
-- the steps that were skipped, which are passed in no time (G7). Who lost a deal implies no step; who won it, all.
with opportunities as (
    select *, coalesce(lower(trim(pipeline)), '') as pipeline_key from {{ ref('int_opportunity_base') }}
    where not is_refund and sale_kind = 'deal'
),

steps as (
    select * from {{ ref('int_pipeline_step') }}
),

-- An own pipeline may have any number of steps: its ends come after them.
ends as (
    select source, pipeline_key, greatest(max(stage_order) + 1, 8) as won_order
    from steps
    group by source, pipeline_key
),

recorded as (
    select
        stays.opportunity_id,
        opportunities.source,
        opportunities.pipeline_key,
        stays.stay_number,
        stays.entered_at,
        {{ business_day('stays.entered_at') }} as entered_on,
        stays.canonical_stage as stage,
        case
            when stays.canonical_stage = 'Won' then coalesce(ends.won_order, 8)
            when stays.canonical_stage = 'Lost' then coalesce(ends.won_order, 8) + 1
            else coalesce(steps.stage_order, stays.stage_order, 0)
        end as stage_order,
        stays.evidence
    from {{ ref('int_opportunity_stage') }} as stays
    inner join opportunities on stays.opportunity_id = opportunities.opportunity_id
    left join ends on opportunities.source = ends.source and opportunities.pipeline_key = ends.pipeline_key
    left join steps
        on
            opportunities.source = steps.source
            and opportunities.pipeline_key = steps.pipeline_key
            and stays.canonical_stage = steps.stage
            and {{ business_day('stays.entered_at') }} >= steps.valid_from
            and {{ business_day('stays.entered_at') }} < steps.valid_to
),

beginnings as (
    select opportunity_id, min(entered_at) as began_at
    from recorded
    group by opportunity_id
),

-- The first moment at which a step or a later one was reached. A step that did not exist then was not skipped.
reached as (
    select
        recorded.opportunity_id,
        steps.stage,
        steps.stage_order,
        min(recorded.entered_at) as entered_at,
        min(recorded.entered_at) filter (where recorded.stage = steps.stage) as recorded_at,
        min_by(recorded.stay_number, (recorded.entered_at, recorded.stay_number)) as stay_number
    from recorded
    inner join steps
        on
            recorded.source = steps.source
            and recorded.pipeline_key = steps.pipeline_key
            and recorded.stage_order >= steps.stage_order
            and recorded.entered_on >= steps.valid_from
            and recorded.entered_on < steps.valid_to
    where recorded.stage <> 'Lost'
    group by recorded.opportunity_id, steps.stage, steps.stage_order
),

lines as (
    select opportunity_id, stay_number, 1 as piece, entered_at, stage, stage_order, evidence, false as is_imputed
    from recorded
    union all
    select opportunity_id, stay_number, 0, entered_at, stage, stage_order, 'none', true
    from reached
    where recorded_at is null or recorded_at > entered_at
    union all
    select opportunities.opportunity_id, 0, 0, opportunities.created_at, 'Unknown', 0, 'none', false
    from opportunities
    left join beginnings on opportunities.opportunity_id = beginnings.opportunity_id
    where
        opportunities.created_at is not null
        and (beginnings.began_at is null or opportunities.created_at < beginnings.began_at)
),

final as (
    select
        lines.opportunity_id,
        row_number() over line as interval_number,
        lines.stage,
        cast(lines.stage_order as bigint) as stage_order,
        case lines.stage when 'Won' then 'won' when 'Lost' then 'lost' else 'open' end as stage_type,
        cast(steps.sla_days as bigint) as sla_days,
        lines.entered_at,
        lead(lines.entered_at) over line as left_at,
        lines.is_imputed,
        lines.evidence
    from lines
    inner join opportunities on lines.opportunity_id = opportunities.opportunity_id
    left join steps
        on
            opportunities.source = steps.source
            and opportunities.pipeline_key = steps.pipeline_key
            and lines.stage = steps.stage
            and lines.stage_order = steps.stage_order
            and {{ business_day('lines.entered_at') }} >= steps.valid_from
            and {{ business_day('lines.entered_at') }} < steps.valid_to
    window line as (
        partition by lines.opportunity_id order by lines.stay_number, lines.piece, lines.entered_at, lines.stage_order
    )
)

select * from final
