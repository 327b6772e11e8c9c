{{
    config(meta={
        'key': 'record_id',
        'patch': {
            'inputs': {
                'crm_leads': "select source || ':' || record_id from {crm_leads} where _batch_id in {changes}",
                'crm_contacts': "select source || ':' || record_id from {crm_contacts} where _batch_id in {changes}",
            },
            'restrict': [
                ['crm_leads', "source || ':' || record_id in {keys}"],
                ['crm_contacts', "source || ':' || record_id in {keys}"],
            ]
        }
    })
}}
-- Who owned each lead, and each contact, in each kept export.
with exported as (
    select 'lead' as record_kind, source, record_id, owner_id, owner_name, _exported_at, _batch_id, _row_number
    from {{ source('raw', 'crm_leads') }}
    union all
    select 'contact', source, record_id, owner_id, owner_name, _exported_at, _batch_id, _row_number
    from {{ source('raw', 'crm_contacts') }}
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
