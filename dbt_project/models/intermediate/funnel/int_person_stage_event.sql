{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- Every recorded moment at which a lead stood in a funnel stage, whoever recorded it. A lead that was converted without
-- a deal was accepted by sales; it is not an opportunity before there is one. Order within one instant:
-- creation, then history, then conversion, then the record's id.
with creations as (
    select creations.*, links.person_id
    from {{ ref('int_lead_creation') }} as creations
    inner join {{ ref('int_person_link') }} as links
        on creations.record_id = links.record_id and creations.record_kind = links.record_kind
    {{ where_touched('creations.record_id') }}
),

stages as (
    select * from {{ ref('stg_crm_stage_names') }}
    where entity in ('lead', 'contact')
),

leads as (
    select leads.*, links.person_id
    from {{ ref('stg_crm_leads') }} as leads
    inner join {{ ref('int_person_link') }} as links
        on links.record_kind = 'lead' and leads.lead_id = links.record_id
    {{ where_touched('leads.lead_id') }}
),

contacts as (
    select contacts.*, links.person_id
    from {{ ref('stg_crm_contacts') }} as contacts
    inner join {{ ref('int_person_link') }} as links
        on links.record_kind = 'contact' and contacts.contact_id = links.record_id
    {{ where_touched('contacts.contact_id') }}
),

status_changes as (
    select *
    from {{ ref('stg_crm_lead_history') }}
    where
        changed_field = 'status' and new_value is not null and changed_at is not null
        {{ and_touched('lead_id') }}
),

lifecycle_changes as (
    select *
    from {{ ref('stg_crm_lead_history') }}
    where
        changed_field = 'lifecycle stage' and new_value is not null and changed_at is not null
        {{ and_touched('lead_id') }}
),

leads_with_history as (
    select distinct lead_id from status_changes
),

-- The row that records the creation itself is not a separate step: a second lead of a known person starts as new, too.
from_history as (
    select
        leads.person_id,
        status_changes.lead_history_id as event_id,
        status_changes.changed_at as entered_at,
        case
            when stages.funnel_stage = 'Opportunity' and leads.is_converted and leads.converted_opportunity_id is null
                then 'SAL'
            else stages.funnel_stage
        end as funnel_stage,
        stages.stage_type,
        case
            when nullif(trim(status_changes.old_value), '') is null and stages.funnel_stage = 'Lead'
                then 'created'
            else 'history'
        end as evidence
    from status_changes
    inner join leads on status_changes.lead_id = leads.lead_id
    inner join stages
        on
            stages.entity = 'lead'
            and status_changes.source = stages.source
            and lower(trim(status_changes.new_value)) = stages.stage_key
            -- A status that nobody placed in the funnel is not a step of it.
            and stages.funnel_stage is not null
            and {{ business_day('status_changes.changed_at') }} >= stages.valid_from
            and {{ business_day('status_changes.changed_at') }} < stages.valid_to
),

-- Contacts of CRMs that keep leads as contacts: the moment each lifecycle stage was reached.
from_lifecycle as (
    select
        contacts.person_id,
        contacts.contact_id,
        lifecycle_changes.lead_history_id as event_id,
        lifecycle_changes.changed_at as entered_at,
        stages.funnel_stage,
        stages.stage_type,
        case stages.funnel_stage when 'Lead' then 'created' else 'history' end as evidence
    from lifecycle_changes
    inner join contacts on lifecycle_changes.lead_id = contacts.contact_id
    inner join stages
        on
            stages.entity = 'contact'
            and lifecycle_changes.source = stages.source
            and lower(trim(lifecycle_changes.new_value)) = stages.stage_key
            and {{ business_day('lifecycle_changes.changed_at') }} >= stages.valid_from
            and {{ business_day('lifecycle_changes.changed_at') }} < stages.valid_to
    where stages.funnel_stage is not null
),

from_creation as (
    select
        person_id, record_id as event_id, lead_created_at as entered_at, 'Lead' as funnel_stage, 'open' as stage_type,
        'created' as evidence
    from creations
),

-- Without history nothing is known but that the lead is there now: it counts from its creation.
from_status as (
    select
        leads.person_id, leads.lead_id, coalesce(leads.created_at, leads.modified_at), stages.funnel_stage,
        stages.stage_type, 'current_status'
    from leads
    inner join stages
        on
            stages.entity = 'lead'
            and leads.source = stages.source
            and lower(trim(leads.status)) = stages.stage_key
            and stages.is_current
    left join leads_with_history on leads.lead_id = leads_with_history.lead_id
    where leads_with_history.lead_id is null and not leads.is_converted and stages.funnel_stage <> 'Lead'
    union all
    select
        contacts.person_id, contacts.contact_id, coalesce(contacts.created_at, contacts.modified_at),
        stages.funnel_stage, stages.stage_type, 'current_status'
    from contacts
    inner join stages
        on
            stages.entity = 'contact'
            and contacts.source = stages.source
            and lower(trim(contacts.lifecycle_stage)) = stages.stage_key
            and stages.is_current
    left join (select distinct contact_id, funnel_stage from from_lifecycle) as known
        on contacts.contact_id = known.contact_id and stages.funnel_stage = known.funnel_stage
    where stages.funnel_stage in ('MQL', 'SAL') and known.contact_id is null
),

recorded_conversions as (
    select distinct status_changes.lead_id, cast(status_changes.changed_at as date) as changed_on
    from status_changes
    inner join stages
        on
            stages.entity = 'lead'
            and status_changes.source = stages.source
            and lower(trim(status_changes.new_value)) = stages.stage_key
            and {{ business_day('status_changes.changed_at') }} >= stages.valid_from
            and {{ business_day('status_changes.changed_at') }} < stages.valid_to
    where stages.funnel_stage = 'Opportunity'
),

-- CRMs export the conversion as a day without a time; the history of that day, if any, knows the moment.
from_conversion as (
    select
        leads.person_id, leads.lead_id, coalesce(leads.converted_at, leads.modified_at),
        case when leads.converted_opportunity_id is null then 'SAL' else 'Opportunity' end,
        case when leads.converted_opportunity_id is null then 'open' else 'won' end,
        'converted'
    from leads
    left join recorded_conversions
        on
            leads.lead_id = recorded_conversions.lead_id
            and cast(coalesce(leads.converted_at, leads.modified_at) as date) = recorded_conversions.changed_on
    where leads.is_converted and recorded_conversions.lead_id is null
),

-- A closed deal that nobody dated began at its close at the latest, and not before the lead.
bases as (
    select
        opportunity_id, is_refund,
        coalesce(created_at, {{ start_of_business_day('closed_on') }}) as begun_at
    from {{ ref('int_opportunity_base') }}
),

-- A lead whose deal was opened without a conversion (CRMs that keep leads as contacts).
from_opportunity as (
    select
        creations.person_id, min_by(bases.opportunity_id, (bases.begun_at, bases.opportunity_id)),
        min(bases.begun_at), 'Opportunity', 'won', 'opportunity'
    from (select distinct person_id from creations) as creations
    inner join {{ ref('int_opportunity_person') }} as deals on creations.person_id = deals.person_id
    inner join bases on deals.opportunity_id = bases.opportunity_id
    left join (
        select distinct person_id from leads
        where is_converted and converted_opportunity_id is not null
    ) as converted
        on creations.person_id = converted.person_id
    where converted.person_id is null and bases.begun_at is not null and not bases.is_refund
    group by creations.person_id
),

events as (
    select * from from_history
    union all
    select * exclude (contact_id) from from_lifecycle
    union all
    select * from from_creation
    union all
    select * from from_status
    union all
    select * from from_conversion
    union all
    select * from from_opportunity
),

final as (
    select
        events.*,
        {{ business_day('events.entered_at') }} as entered_on,
        case events.evidence when 'created' then 1 when 'converted' then 3 when 'opportunity' then 4 else 2 end
            as evidence_order
    from events
    where events.entered_at is not null
)

select * from final
