{{ config(tags=['dated']) }}
-- Of all that were in a step and have come to an end, how many were won: what a step has been worth in our own history
-- (R075, R076). Deals count as in the win rate; leads and their records once the person became a customer or was lost.
with opportunities as (
    select * from {{ ref('int_opportunity') }}
    where not is_refund and sale_kind = 'deal'
),

steps as (
    select source, pipeline_key, stage, stage_order
    from {{ ref('int_pipeline_step') }}
    where {{ data_as_of() }} >= valid_from and {{ data_as_of() }} < valid_to
),

intervals as (
    select * from {{ ref('int_stage_interval') }}
),

-- A lost deal was at least in the first step, and up to the one its export shows, whatever its history says. Without
-- them the deals that are won, which passed every step, would be the only ones that were anywhere.
lost_in as (
    select
        lost.opportunity_id,
        coalesce(nullif(trim(lost.pipeline), ''), '(default)') as pipeline,
        steps.stage,
        steps.stage_order,
        coalesce(
            max(steps.stage_order) filter (where steps.stage = lost.shown_step) over deals,
            min(steps.stage_order) over deals
        ) as last_order
    from opportunities as lost
    inner join steps
        on lost.source = steps.source and coalesce(lower(trim(lost.pipeline)), '') = steps.pipeline_key
    where lost.status = 'lost'
    window deals as (partition by lost.opportunity_id)
),

-- Every step an opportunity was in, skipped ones included (G7).
deals_in_steps as (
    select opportunity_id, pipeline, stage from intervals
    where entity_type = 'opportunity' and stage_type = 'open'
    union
    select opportunity_id, pipeline, stage from lost_in
    where stage_order <= last_order
),

-- How a lead ended: who was a customer once is won, whatever came after.
people as (
    select
        entity_id as person_id,
        bool_or(stage = 'Customer') as is_won,
        bool_or(stage = 'Customer') or bool_or(left_at is null and stage = 'Lost') as is_ended
    from intervals
    where entity_type = 'person'
    group by entity_id
),

people_in_stages as (
    select distinct entity_id as person_id, stage
    from intervals
    where entity_type = 'person' and stage_type = 'open'
),

names as (
    select * from {{ ref('stg_crm_stage_names') }}
    where entity in ('lead', 'contact')
),

recorded_statuses as (
    select
        case changed_field when 'status' then 'lead' else 'contact' end as entity,
        source,
        lead_id as record_id,
        lower(trim(new_value)) as stage_key
    from {{ ref('stg_crm_lead_history') }}
    where changed_field in ('status', 'lifecycle stage')
    union
    select 'lead', source, lead_id, lower(trim(status)) from {{ ref('stg_crm_leads') }}
    union
    select 'contact', source, contact_id, lower(trim(lifecycle_stage)) from {{ ref('stg_crm_contacts') }}
),

-- A person with two records was in a status once.
people_in_statuses as (
    select distinct
        recorded.entity,
        recorded.source,
        names.canonical_stage as stage,
        links.person_id
    from recorded_statuses as recorded
    inner join names
        on
            recorded.entity = names.entity
            and recorded.source = names.source
            and recorded.stage_key = names.stage_key
    inner join {{ ref('int_person_link') }} as links
        on recorded.record_id = links.record_id and recorded.entity = links.record_kind
),

ended as (
    select
        'opportunity' as entity_type, opportunities.source, passed.pipeline, passed.stage,
        opportunities.status = 'won' as is_won
    from deals_in_steps as passed
    inner join opportunities on passed.opportunity_id = opportunities.opportunity_id
    where opportunities.is_in_win_rate
    union all
    select 'person', '(all)', 'Lead to customer', passed.stage, people.is_won
    from people_in_stages as passed
    inner join people on passed.person_id = people.person_id
    where people.is_ended
    union all
    select
        passed.entity, passed.source, case passed.entity when 'lead' then 'Lead status' else 'Lifecycle stage' end,
        passed.stage, people.is_won
    from people_in_statuses as passed
    inner join people on passed.person_id = people.person_id
    where people.is_ended
),

final as (
    select
        entity_type,
        source,
        pipeline,
        stage,
        count(*) as closed_before,
        count(*) filter (where is_won) as won_before
    from ended
    group by entity_type, source, pipeline, stage
)

select * from final
