{{ config(tags=['dated']) }}
-- What each stage name means. The CRM's own flags (closed, won) come before the name, because names are localised and
-- freely chosen; the seed gives order and meaning. Source and pipeline of the seed may be `*`; the closest row wins, at
-- each time anew where rows of the seed are valid from or to a day.
with deals as (
    select source, record_id, max_by(pipeline, (_exported_at, _batch_id, _row_number)) as pipeline
    from {{ source('raw', 'crm_opportunities') }}
    group by source, record_id
),

seen as (
    select distinct
        'lead' as entity, source, '' as pipeline_key, lower(trim(status)) as stage_key,
        cast(null as boolean) as is_won, cast(null as boolean) as is_closed
    from {{ source('raw', 'crm_leads') }}
    union all
    select distinct 'lead', source, '', lower(trim(new_value)), null, null
    from {{ source('raw', 'crm_lead_history') }}
    where lower(trim(field)) = 'status'
    union all
    select distinct 'contact', source, '', lower(trim(new_value)), null, null
    from {{ source('raw', 'crm_lead_history') }}
    where lower(trim(field)) = 'lifecycle stage'
    union all
    select distinct 'contact', source, '', lower(trim(lifecycle_stage)), null, null
    from {{ source('raw', 'crm_contacts') }}
    union all
    select distinct
        'opportunity', source, coalesce(lower(trim(pipeline)), ''), lower(trim(stage)), is_won, is_closed
    from {{ source('raw', 'crm_opportunities') }}
    union all
    select distinct
        'opportunity', history.source, coalesce(lower(trim(coalesce(history.pipeline, deals.pipeline))), ''),
        lower(trim(history.stage)), null, null
    from {{ source('raw', 'crm_opportunity_history') }} as history
    left join deals on history.source = deals.source and history.opportunity_id = deals.record_id
),

-- A history row has no flags, and often the pipeline of its deal only: the flags of a name hold for its whole source.
-- Where deals of one name are open and closed, or won and lost, the name says nothing of the end: a CRM that goes on
-- showing the step in which a deal ended.
flags as (
    select
        entity,
        source,
        stage_key,
        case when bool_and(coalesce(is_closed, true)) and bool_and(coalesce(is_won, true)) then bool_or(is_won) end
            as is_won,
        case
            when bool_or(is_closed) and bool_or(not is_closed) then null
            when bool_or(is_won) and bool_or(is_closed and not is_won) then null
            else bool_or(is_closed)
        end as is_closed
    from seen
    group by all
),

names as (
    select distinct entity, source, pipeline_key, stage_key
    from seen
    where stage_key is not null and stage_key <> ''
),

rules as (
    select
        names.*,
        stages.canonical_stage,
        stages.stage_order,
        stages.funnel_stage,
        stages.stage_type,
        stages.source = '*' as is_any_source,
        stages.pipeline = '*' as is_any_pipeline,
        coalesce(stages.valid_from, date '0001-01-01') as valid_from,
        coalesce(stages.valid_to, date '9999-12-31') as valid_to
    from names
    inner join {{ ref('pipeline_stages') }} as stages
        on
            names.entity = stages.entity
            and names.stage_key = stages.source_stage
            and stages.source in (names.source, '*')
            and stages.pipeline in (names.pipeline_key, '*')
),

turns as (
    select entity, source, pipeline_key, stage_key, date '0001-01-01' as valid_from from names
    union
    select entity, source, pipeline_key, stage_key, valid_from from rules
    union
    select entity, source, pipeline_key, stage_key, valid_to from rules
    where valid_to < date '9999-12-31'
),

spans as (
    select
        *,
        lead(valid_from, 1, date '9999-12-31') over (
            partition by entity, source, pipeline_key, stage_key order by valid_from
        ) as valid_to
    from turns
),

matched as (
    select
        spans.*,
        flags.is_won,
        flags.is_closed,
        rules.canonical_stage,
        rules.stage_order,
        rules.funnel_stage,
        rules.stage_type
    from spans
    left join flags
        on spans.entity = flags.entity and spans.source = flags.source and spans.stage_key = flags.stage_key
    left join rules
        on
            spans.entity = rules.entity
            and spans.source = rules.source
            and spans.pipeline_key = rules.pipeline_key
            and spans.stage_key = rules.stage_key
            and spans.valid_from >= rules.valid_from
            and spans.valid_from < rules.valid_to
    qualify row_number() over (
        partition by spans.entity, spans.source, spans.pipeline_key, spans.stage_key, spans.valid_from
        order by rules.is_any_source, rules.is_any_pipeline
    ) = 1
),

typed as (
    select
        *,
        case
            when stage_type = 'open' then 'open'
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
        valid_from,
        valid_to,
        {{ data_as_of() }} >= valid_from and {{ data_as_of() }} < valid_to as is_current,
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
