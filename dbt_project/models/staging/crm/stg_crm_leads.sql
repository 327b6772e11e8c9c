{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='lead_id',
        pre_hook="{{ delete_touched('lead_id', 'stg_crm_touched') }}"
    )
}}
with current_leads as (
    {{ crm_records('crm_leads', touched_by='record_id') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as lead_id,
        own.source,
        own.email_hash,
        own.lead_source,
        own.lead_source_detail,
        {{ conformed_id('own.campaign_id', 'own.source') }} as campaign_id,
        own.status,
        own.rating,
        own.industry,
        own.country,
        own.department,
        own.form_submissions,
        nullif(trim(own.loss_reason), '') as loss_reason,
        nullif(trim(own.first_page), '') as first_page,
        nullif(trim(own.utm_source), '') as utm_source,
        nullif(trim(own.utm_medium), '') as utm_medium,
        nullif(trim(own.utm_campaign), '') as utm_campaign,
        {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
        own.owner_name,
        coalesce(own.is_converted, own.converted_at is not null) as is_converted,
        own.converted_at,
        {{ survivor_id('own.converted_account_id', 'own.source', 'account_merge') }} as converted_account_id,
        {{ survivor_id('own.converted_contact_id', 'own.source', 'contact_merge') }} as converted_contact_id,
        {{ survivor_id('own.converted_opportunity_id', 'own.source', 'opportunity_merge') }}
            as converted_opportunity_id,
        own.created_at,
        own.modified_at
    from current_leads as own
    {{ survivor_join('crm_accounts', 'own.converted_account_id', 'own.source', 'account_merge') }}
    {{ survivor_join('crm_contacts', 'own.converted_contact_id', 'own.source', 'contact_merge') }}
    {{ survivor_join('crm_opportunities', 'own.converted_opportunity_id', 'own.source', 'opportunity_merge') }}
)

select * from final
