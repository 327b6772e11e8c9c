{{ config(tags=['dated']) }}
with current_history as (
    {{ crm_records('crm_opportunity_history') }}
),

-- A history row often does not say its pipeline: it is that of the deal.
deals as (
    select opportunity_id, pipeline from {{ ref('stg_crm_opportunities') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as opportunity_history_id,
        own.source,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        coalesce(own.pipeline, deals.pipeline) as pipeline,
        own.stage as source_stage,
        coalesce(stages.canonical_stage, 'Unmapped') as canonical_stage,
        stages.stage_order,
        coalesce(stages.stage_type, 'open') as stage_type,
        own.changed_at,
        own.valid_through
    from current_history as own
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
    left join deals
        on {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} = deals.opportunity_id
    left join {{ ref('stg_crm_stage_names') }} as stages
        on
            own.source = stages.source
            and coalesce(lower(trim(coalesce(own.pipeline, deals.pipeline))), '') = stages.pipeline_key
            and lower(trim(own.stage)) = stages.stage_key
            and stages.entity = 'opportunity'
            and coalesce({{ business_day('own.changed_at') }}, {{ data_as_of() }}) >= stages.valid_from
            and coalesce({{ business_day('own.changed_at') }}, {{ data_as_of() }}) < stages.valid_to
)

select * from final
