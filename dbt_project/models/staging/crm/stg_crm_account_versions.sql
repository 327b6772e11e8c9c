-- What the kept exports said about each company's addresses and segment over time (G16).
with versions as (
    {{ crm_versions('crm_accounts', ['billing_country', 'shipping_country', 'segment']) }}
),

final as (
    select
        {{ conformed_id('record_id') }} as account_id,
        billing_country,
        shipping_country,
        segment,
        valid_from,
        valid_to
    from versions
)

select * from final
