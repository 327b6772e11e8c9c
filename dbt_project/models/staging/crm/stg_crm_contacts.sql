{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='contact_id',
        pre_hook="{{ delete_touched('contact_id', 'stg_crm_touched') }}"
    )
}}
with current_contacts as (
    {{ crm_records('crm_contacts', touched_by='record_id') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as contact_id,
        own.source,
        {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as account_id,
        own.email_hash,
        nullif(trim(own.job_title), '') as job_title,
        own.department,
        own.lead_source,
        own.original_source,
        own.original_source_detail_1,
        own.original_source_detail_2,
        nullif(trim(own.first_page), '') as first_page,
        nullif(trim(own.utm_source), '') as utm_source,
        nullif(trim(own.utm_medium), '') as utm_medium,
        nullif(trim(own.utm_campaign), '') as utm_campaign,
        own.lifecycle_stage,
        own.country,
        coalesce(own.form_submissions, 0) as form_submissions,
        own.form_submissions is not null as is_form_count_known,
        {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
        own.owner_name,
        own.first_conversion_at,
        own.created_at,
        own.modified_at
    from current_contacts as own
    {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
)

select * from final
