-- Products of the catalogue, those that only lines know, and the two that stand for revenue without a product.
with products as (
    select * from {{ ref('int_product') }}
),

final as (
    select *, {{ data_as_of() }} as data_as_of
    from products
    union all
    select
        stand_ins.name, 'none', null, stand_ins.name, stand_ins.name, true, null, null, null, false, {{ data_as_of() }}
    from (values ('Unspecified'), ('Unallocated')) as stand_ins (name)
)

select * from final
