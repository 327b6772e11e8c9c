{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='lead_id',
        pre_hook="{{ delete_touched('lead_id', 'stg_crm_touched') }}"
    )
}}
with current_history as (
    {{ crm_records('crm_lead_history', touched_by='lead_id') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as lead_history_id,
        own.source,
        -- CRMs that keep leads as contacts record how far a contact got.
        case
            when lower(trim(own.field)) = 'lifecycle stage'
                then {{ survivor_id('own.lead_id', 'own.source', 'contact_merge') }}
            else {{ survivor_id('own.lead_id', 'own.source', 'lead_merge') }}
        end as lead_id,
        lower(trim(own.field)) as changed_field,
        own.old_value,
        own.new_value,
        own.changed_at
    from current_history as own
    {{ survivor_join('crm_leads', 'own.lead_id', 'own.source', 'lead_merge') }}
    {{ survivor_join('crm_contacts', 'own.lead_id', 'own.source', 'contact_merge') }}
)

select * from final
