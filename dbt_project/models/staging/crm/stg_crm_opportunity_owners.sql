-- Who owned each opportunity in each kept export.
with exported as (
    select * from {{ source('raw', 'crm_opportunities') }}
),

final as (
    select
        {{ conformed_id('record_id') }} as opportunity_id,
        cast(_exported_at as date) as exported_on,
        source,
        {{ conformed_id('owner_id') }} as owner_id,
        owner_name
    from exported
    qualify row_number() over (
        partition by source, record_id, cast(_exported_at as date)
        order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
)

select * from final
