-- What bundles consist of (R002): each part with its weight, the list price of its units as the rule says it, else the
-- catalogue. A bundle one of whose parts is unknown, has no list price or one in another currency has no weights: it is
-- sold as one product.
with rules as (
    select
        source,
        bundle,
        product,
        coalesce(quantity, 1) as quantity,
        list_price
    from {{ ref('product_bundles') }}
),

products as (
    select * from {{ ref('stg_crm_products') }}
),

-- A product is known by its id, its code or its name, as long as no other product of the CRM is.
names as (
    select
        source,
        lower(trim(name)) as name_key,
        min(product_id) as product_id,
        min(list_price) as list_price,
        min(currency) as currency
    from (
        select
            product_id, source, list_price, currency,
            unnest([substr(product_id, strpos(product_id, ':') + 1), product_code, product_name]) as name
        from products
    ) as named
    where trim(name) <> ''
    group by source, lower(trim(name))
    having count(distinct product_id) = 1
),

resolved as (
    select
        rules.* exclude (list_price),
        bundles.product_id as bundle_id,
        parts.product_id,
        case when parts.product_id is not null then coalesce(rules.list_price, parts.list_price) end as list_price,
        case when rules.list_price is null then parts.currency end as currency
    from rules
    left join names as bundles on rules.source in (bundles.source, '*') and lower(trim(rules.bundle)) = bundles.name_key
    left join names as parts on bundles.source = parts.source and lower(trim(rules.product)) = parts.name_key
),

final as (
    select
        source,
        bundle,
        product,
        bundle_id,
        product_id,
        quantity,
        case
            when
                bool_and(coalesce(list_price > 0, false)) over same_bundle
                and coalesce(max(currency) over same_bundle = min(currency) over same_bundle, true)
                then cast(
                    cast(list_price as decimal(20, 6)) * cast(quantity as decimal(12, 6)) * 1000000 as hugeint
                )
        end as weight
    from resolved
    window same_bundle as (partition by bundle_id)
)

select * from final
