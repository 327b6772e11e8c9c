{{ config(materialized='ephemeral') }}
-- Products of the catalogue, and those that only lines know.
with products as (
    select * from {{ ref('stg_crm_products') }}
),

sold_only as (
    select lines.product_id, split_part(lines.product_id, ':', 1) as source, max(lines.product_name) as product_name
    from {{ ref('int_opportunity_line') }} as lines
    left join products on lines.product_id = products.product_id
    where lines.product_id is not null and products.product_id is null
    group by lines.product_id
)

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
    true as is_in_catalogue
from products
union all
select product_id, source, null, coalesce(product_name, product_id), 'Unknown', true, null, null, null, false
from sold_only
