{{ config(tags=['dated']) }}
-- Every step that people can see, of every pipeline (R076): the funnel's own stages, for leads and for companies; the
-- statuses of leads and contacts as each CRM has them, so that one which counts within another stage of the funnel
-- (Working within Lead) is not hidden in it; the steps of each pipeline of deals and its two ends.
with funnel as (
    select * from {{ ref('funnel_stages') }}
),

deal_pipelines as (
    select distinct
        source,
        coalesce(nullif(trim(pipeline), ''), '(default)') as pipeline,
        coalesce(lower(trim(pipeline)), '') as pipeline_key
    from {{ ref('int_opportunity_base') }}
    where sale_kind = 'deal'
),

deal_steps as (
    select * from {{ ref('int_pipeline_step') }}
),

crm_names as (
    select
        entity, source, pipeline_key, canonical_stage,
        string_agg(distinct stage_key, ' / ' order by stage_key) as names
    from {{ ref('stg_crm_stage_names') }}
    group by entity, source, pipeline_key, canonical_stage
),

-- CRMs of which leads or contacts with statuses were loaded.
status_sources as (
    select distinct entity, source
    from crm_names
    where entity in ('lead', 'contact')
),

statuses as (
    select
        sources.entity,
        sources.source,
        seed.canonical_stage,
        seed.stage_order,
        seed.stage_type,
        nullif(seed.funnel_stage, '') as funnel_stage,
        coalesce(seed.valid_from, date '0001-01-01') as valid_from,
        coalesce(seed.valid_to, date '9999-12-31') as valid_to,
        seed.source = '*' as is_any_source
    from status_sources as sources
    inner join {{ ref('pipeline_stages') }} as seed
        on sources.entity = seed.entity and seed.source in (sources.source, '*')
),

-- Several names of a CRM may mean one step; what the CRM's own rows say of a step comes before what is said of any.
status_steps as (
    select
        entity,
        source,
        canonical_stage,
        arg_min(stage_order, cast(is_any_source as integer)) as stage_order,
        arg_min(stage_type, cast(is_any_source as integer)) as stage_type,
        arg_min(funnel_stage, cast(is_any_source as integer)) as funnel_stage,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from statuses
    group by entity, source, canonical_stage
),

last_steps as (
    select source, pipeline_key, max(stage_order) as stage_order
    from deal_steps
    group by source, pipeline_key
),

-- An own pipeline may have any number of steps: its ends come after them.
ends as (
    select
        pipelines.source,
        pipelines.pipeline,
        pipelines.pipeline_key,
        funnel.funnel_stage as stage,
        greatest(coalesce(last_steps.stage_order, 0) + 1, 8) + cast(funnel.funnel_stage = 'Lost' as integer)
            as stage_order,
        funnel.stage_type,
        nullif(trim(funnel.buyer_step), '') as buyer_step
    from deal_pipelines as pipelines
    inner join funnel on funnel.funnel_stage in ('Won', 'Lost')
    left join last_steps
        on pipelines.source = last_steps.source and pipelines.pipeline_key = last_steps.pipeline_key
),

-- Steps that deals were in and that no row defines: before the first recorded one, and names nobody has placed.
undefined as (
    select distinct deals.source, deals.pipeline, deals.stage
    from {{ ref('int_stage_interval') }} as deals
    left join deal_pipelines as pipelines on deals.source = pipelines.source and deals.pipeline = pipelines.pipeline
    left join deal_steps
        on
            deals.source = deal_steps.source
            and pipelines.pipeline_key = deal_steps.pipeline_key
            and deals.stage = deal_steps.stage
    where deals.entity_type = 'opportunity' and deals.stage not in ('Won', 'Lost') and deal_steps.stage is null
),

stages as (
    select
        'person' as entity_type, '(all)' as source, 'Lead to customer' as pipeline, funnel_stage as stage, stage_order,
        stage_type, funnel_stage, sla_days, nullif(trim(buyer_step), '') as buyer_step, is_moment_of_truth,
        nullif(trim(required_activities), '') as required_activities, cast(null as varchar) as crm_names,
        date '0001-01-01' as valid_from, date '9999-12-31' as valid_to, true as is_defined
    from funnel
    union all
    select
        'account', '(all)', 'Companies', funnel_stage, stage_order, stage_type, funnel_stage, null, null, false, null,
        null, date '0001-01-01', date '9999-12-31', true
    from funnel
    where unit in ('person', 'opportunity')
    union all
    select
        steps.entity, steps.source, case steps.entity when 'lead' then 'Lead status' else 'Lifecycle stage' end,
        steps.canonical_stage, steps.stage_order, steps.stage_type, steps.funnel_stage, null, null, false, null,
        crm_names.names, steps.valid_from, steps.valid_to, true
    from status_steps as steps
    left join crm_names
        on
            steps.entity = crm_names.entity
            and steps.source = crm_names.source
            and steps.canonical_stage = crm_names.canonical_stage
    union all
    select
        'opportunity', pipelines.source, pipelines.pipeline, deal_steps.stage, deal_steps.stage_order, 'open',
        'Opportunity', deal_steps.sla_days, deal_steps.buyer_step, deal_steps.is_moment_of_truth,
        deal_steps.required_activities, crm_names.names, deal_steps.valid_from, deal_steps.valid_to, true
    from deal_pipelines as pipelines
    inner join deal_steps
        on pipelines.source = deal_steps.source and pipelines.pipeline_key = deal_steps.pipeline_key
    left join crm_names
        on
            crm_names.entity = 'opportunity'
            and pipelines.source = crm_names.source
            and pipelines.pipeline_key = crm_names.pipeline_key
            and deal_steps.stage = crm_names.canonical_stage
    union all
    select
        'opportunity', ends.source, ends.pipeline, ends.stage, ends.stage_order, ends.stage_type, ends.stage, null,
        ends.buyer_step, false, null, crm_names.names, date '0001-01-01', date '9999-12-31', true
    from ends
    left join crm_names
        on
            crm_names.entity = 'opportunity'
            and ends.source = crm_names.source
            and ends.pipeline_key = crm_names.pipeline_key
            and ends.stage = crm_names.canonical_stage
    union all
    select
        'opportunity', undefined.source, undefined.pipeline, undefined.stage, 0, 'open', 'Opportunity', null, null,
        false, null, null, date '0001-01-01', date '9999-12-31', false
    from undefined
)

select * from stages
