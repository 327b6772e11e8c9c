-- Products that were sold under a name or code that the catalogue of their CRM lacks, with the nearest name that
-- it has: the same letters and digits, else much the same.
with catalogue as (
    select product_id, source, product_name, {{ spelling_key('product_name') }} as name_key
    from {{ ref('int_product') }}
    where is_in_catalogue
),

sold as (
    select
        products.product_id,
        products.source,
        substr(products.product_id, length(products.source) + 2) as value,
        count(*) as row_count,
        sum(lines.amount_reporting) as amount_reporting
    from {{ ref('int_product') }} as products
    inner join {{ ref('int_sales_line') }} as lines on products.product_id = lines.product_id
    where not products.is_in_catalogue and products.source in (select source from catalogue)
    group by all
),

near as (
    select
        sold.product_id,
        catalogue.product_id as nearest_product_id,
        catalogue.product_name as nearest_name,
        {{ spelling_key('sold.value') }} = catalogue.name_key as is_same_spelling,
        jaro_winkler_similarity({{ spelling_key('sold.value') }}, catalogue.name_key) as likeness
    from sold
    inner join catalogue on sold.source = catalogue.source
    qualify row_number() over (
        partition by sold.product_id
        order by {{ spelling_key('sold.value') }} = catalogue.name_key desc, likeness desc, catalogue.product_id
    ) = 1
),

final as (
    select
        sold.*,
        case when near.is_same_spelling or near.likeness >= 0.9 then near.nearest_product_id end as nearest_product_id,
        case when near.is_same_spelling or near.likeness >= 0.9 then near.nearest_name end as nearest_name
    from sold
    left join near on sold.product_id = near.product_id
)

select * from final
