-- Products of the catalogue, those that only lines know, and the two that stand for revenue without a product.
with products as (
    select * from {{ ref('stg_crm_products') }}
),

sold_only as (
    select distinct lines.product_id, split_part(lines.product_id, ':', 1) as source
    from {{ ref('stg_crm_opportunity_lines') }} as lines
    left join products on lines.product_id = products.product_id
    where lines.product_id is not null and products.product_id is null
),

final as (
    select
        product_id,
        source,
        product_code,
        coalesce(nullif(trim(product_name), ''), product_code, product_id) as product_name,
        coalesce(nullif(trim(product_family), ''), 'Unknown') as product_family,
        coalesce(is_active, true) as is_active,
        list_price as list_price_native,
        unit_cost as unit_cost_native,
        currency,
        true as is_in_catalogue,
        {{ data_as_of() }} as data_as_of
    from products
    union all
    select product_id, source, null, product_id, 'Unknown', true, null, null, null, false, {{ data_as_of() }}
    from sold_only
    union all
    select
        stand_ins.name, 'none', null, stand_ins.name, stand_ins.name, true, null, null, null, false, {{ data_as_of() }}
    from (values ('Unspecified'), ('Unallocated')) as stand_ins (name)
)

select * from final
