-- The life of each deal as one unbroken line from its creation: its steps, `Unknown` as long as none is recorded, and
-- the steps that were skipped, which are passed in no time (G7). Who lost a deal implies no step; who won it, all.
with opportunities as (
    select * from {{ ref('int_opportunity_base') }}
),

seed_steps as (
    select * from {{ ref('pipeline_stages') }}
    where entity = 'opportunity'
),

step_orders as (
    select canonical_stage as stage, min(stage_order) as stage_order
    from seed_steps
    group by canonical_stage
),

-- The steps of a CRM are its own rows of the seed, else those of any CRM.
own_sources as (
    select distinct source from seed_steps
    where source <> '*'
),

steps as (
    select distinct sources.source, seed_steps.canonical_stage as stage, seed_steps.stage_order
    from (select distinct source from opportunities) as sources
    left join own_sources on sources.source = own_sources.source
    inner join seed_steps on coalesce(own_sources.source, '*') = seed_steps.source
    where seed_steps.stage_type = 'open'
),

recorded as (
    select
        stays.opportunity_id,
        stays.stay_number,
        stays.entered_at,
        stays.canonical_stage as stage,
        case stays.canonical_stage when 'Won' then 8 when 'Lost' then 9 else coalesce(step_orders.stage_order, 0) end
            as stage_order,
        stays.evidence
    from {{ ref('int_opportunity_stage') }} as stays
    left join step_orders on stays.canonical_stage = step_orders.stage
),

beginnings as (
    select opportunity_id, min(entered_at) as began_at
    from recorded
    group by opportunity_id
),

-- The first moment at which a step or a later one was reached.
reached as (
    select
        recorded.opportunity_id,
        steps.stage,
        steps.stage_order,
        min(recorded.entered_at) as entered_at,
        min(recorded.entered_at) filter (where recorded.stage = steps.stage) as recorded_at,
        min_by(recorded.stay_number, (recorded.entered_at, recorded.stay_number)) as stay_number
    from recorded
    inner join opportunities on recorded.opportunity_id = opportunities.opportunity_id
    inner join steps on opportunities.source = steps.source and recorded.stage_order >= steps.stage_order
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
        cast(limits.sla_days as bigint) as sla_days,
        lines.entered_at,
        lead(lines.entered_at) over line as left_at,
        lines.is_imputed,
        lines.evidence
    from lines
    left join {{ ref('pipeline_steps') }} as limits on lines.stage = limits.canonical_stage
    window line as (
        partition by lines.opportunity_id order by lines.stay_number, lines.piece, lines.entered_at, lines.stage_order
    )
)

select * from final
