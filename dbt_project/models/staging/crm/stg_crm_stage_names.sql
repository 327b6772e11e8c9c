-- What each stage name means. The CRM's own flags (closed, won) come before the name, because names are localised and
-- freely chosen; the seed gives order and meaning. Source and pipeline of the seed may be `*`; the closest row wins.
with seen as (
    select distinct
        'lead' as entity, source, '' as pipeline_key, lower(trim(status)) as stage_key,
        cast(null as boolean) as is_won, cast(null as boolean) as is_closed
    from {{ source('raw', 'crm_leads') }}
    union all
    select distinct 'lead', source, '', lower(trim(new_value)), null, null
    from {{ source('raw', 'crm_lead_history') }}
    where lower(trim(field)) = 'status'
    union all
    select distinct 'contact', source, '', lower(trim(lifecycle_stage)), null, null
    from {{ source('raw', 'crm_contacts') }}
    union all
    select distinct
        'opportunity', source, coalesce(lower(trim(pipeline)), ''), lower(trim(stage)), is_won, is_closed
    from {{ source('raw', 'crm_opportunities') }}
    union all
    select distinct 'opportunity', source, coalesce(lower(trim(pipeline)), ''), lower(trim(stage)), null, null
    from {{ source('raw', 'crm_opportunity_history') }}
),

-- A history row has no flags and often no pipeline: the flags of a name hold for its whole source.
flags as (
    select
        entity,
        source,
        stage_key,
        bool_or(is_won) as is_won,
        bool_or(is_closed) as is_closed
    from seen
    group by all
),

names as (
    select distinct entity, source, pipeline_key, stage_key
    from seen
    where stage_key is not null and stage_key <> ''
),

matched as (
    select
        names.*,
        flags.is_won,
        flags.is_closed,
        stages.canonical_stage,
        stages.stage_order,
        stages.funnel_stage,
        stages.stage_type
    from names
    left join flags
        on names.entity = flags.entity and names.source = flags.source and names.stage_key = flags.stage_key
    left join {{ ref('pipeline_stages') }} as stages
        on
            names.entity = stages.entity
            and names.stage_key = stages.source_stage
            and stages.source in (names.source, '*')
            and stages.pipeline in (names.pipeline_key, '*')
    qualify row_number() over (
        partition by names.entity, names.source, names.pipeline_key, names.stage_key
        order by stages.source = '*', stages.pipeline = '*'
    ) = 1
),

typed as (
    select
        *,
        case
            when is_won then 'won'
            when is_closed then 'lost'
            when is_closed is not null then 'open'
            else coalesce(stage_type, 'open')
        end as final_type
    from matched
),

final as (
    select
        entity,
        source,
        pipeline_key,
        stage_key,
        case
            when entity <> 'opportunity' then coalesce(canonical_stage, 'Unmapped')
            when final_type = 'won' then 'Won'
            when final_type = 'lost' then 'Lost'
            when stage_type = 'open' then canonical_stage
            else 'Unmapped'
        end as canonical_stage,
        case
            when entity <> 'opportunity' then stage_order
            when final_type = 'won' then 8
            when final_type = 'lost' then 9
            when stage_type = 'open' then stage_order
        end as stage_order,
        case
            when entity <> 'opportunity' then funnel_stage
            when final_type = 'won' then 'Won'
            when final_type = 'lost' then 'Lost'
            else 'Opportunity'
        end as funnel_stage,
        final_type as stage_type,
        case when is_closed is not null or is_won then 'flags' when stage_type is not null then 'seed' else 'none' end
            as evidence
    from typed
)

select * from final
