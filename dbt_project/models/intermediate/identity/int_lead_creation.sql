{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='record_id',
        pre_hook="{{ delete_touched('record_id') }}"
    )
}}
-- Each moment somebody became known as a lead: a lead record, or a contact in a CRM that keeps leads as contacts with a
-- lifecycle stage. A plain contact (a sales or billing address) is a person but no lead.
with leads as (
    select * from {{ ref('stg_crm_leads') }}
    {{ where_touched('lead_id') }}
),

contacts as (
    select * from {{ ref('stg_crm_contacts') }}
    {{ where_touched('contact_id') }}
),

lifecycle as (
    select *
    from {{ ref('stg_crm_stage_names') }}
    where
        entity = 'contact'
        and funnel_stage is not null
        and is_current
),

final as (
    select
        lead_id as record_id,
        'lead' as record_kind,
        source,
        coalesce(created_at, modified_at) as lead_created_at,
        lead_source,
        campaign_id,
        department,
        country,
        form_submissions,
        owner_id,
        owner_name
    from leads
    union all
    select
        contacts.contact_id,
        'contact',
        contacts.source,
        coalesce(contacts.created_at, contacts.modified_at),
        coalesce(contacts.lead_source, contacts.original_source),
        null,
        contacts.department,
        contacts.country,
        case when contacts.is_form_count_known then contacts.form_submissions end,
        contacts.owner_id,
        contacts.owner_name
    from contacts
    inner join lifecycle
        on contacts.source = lifecycle.source and lower(trim(contacts.lifecycle_stage)) = lifecycle.stage_key
)

select * from final
