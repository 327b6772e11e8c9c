{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='record_id',
        pre_hook="{{ delete_touched('record_id', 'stg_crm_touched') }}"
    )
}}
-- Who owned each lead, and each contact, in each kept export.
with exported as (
    select 'lead' as record_kind, source, record_id, owner_id, owner_name, _exported_at, _batch_id, _row_number
    from {{ source('raw', 'crm_leads') }}
    {{ where_touched(conformed_id('record_id'), 'stg_crm_touched') }}
    union all
    select 'contact', source, record_id, owner_id, owner_name, _exported_at, _batch_id, _row_number
    from {{ source('raw', 'crm_contacts') }}
    {{ where_touched(conformed_id('record_id'), 'stg_crm_touched') }}
),

final as (
    select
        record_kind,
        {{ conformed_id('record_id') }} as record_id,
        cast(_exported_at as date) as exported_on,
        source,
        {{ conformed_id('owner_id') }} as owner_id,
        owner_name
    from exported
    qualify row_number() over (
        partition by record_kind, source, record_id, cast(_exported_at as date)
        order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
)

select * from final
