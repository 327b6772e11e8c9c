with current_products as (
    {{ crm_records('crm_products') }}
),

final as (
    select
        {{ conformed_id('record_id') }} as product_id,
        source,
        product_code,
        product_name,
        product_family,
        is_active,
        list_price,
        unit_cost,
        {{ crm_currency('currency') }} as currency,
        created_at
    from current_products
)

select * from final
