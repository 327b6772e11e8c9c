-- Lines of orders that are sales, with what each earns. What the order takes off its lines (discounts of the order,
-- taxes that prices include) goes to them by their prices, in whole minor units by largest remainder (ties: the smaller
-- line id), so that they add up to the order exactly. Shipping, where it is revenue, is a line of its own.
with orders as (
    select * from {{ ref('int_order') }}
    where excluded_reason is null
),

weighed as (
    select
        lines.*,
        orders.exponent,
        orders.items,
        orders.items_revenue,
        cast(
            round(cast(lines.quantity as decimal(28, 6)) * lines.unit_price * power(10, orders.exponent)) as hugeint
        ) as price_units,
        price_units - cast(round(lines.line_discount * power(10, orders.exponent)) as hugeint) as weight
    from {{ ref('stg_order_lines') }} as lines
    inner join orders on lines.order_id = orders.order_id
),

summed as (
    select
        *,
        sum(weight) over own_order as weights,
        -- Lines below zero are what a till takes back: nothing can be shared out by them.
        min(weight) over own_order >= 0 and sum(weight) over own_order > 0 as is_shared,
        cast(round(items * power(10, exponent)) as hugeint) as items_units,
        cast(round(items_revenue * power(10, exponent)) as hugeint) as revenue_units
    from weighed
    window own_order as (partition by order_id)
),

-- Lines that come to less than the order leave the rest unallocated (int_sales_line).
targeted as (
    select
        *,
        case when items_units > weights then revenue_units * weights // items_units else revenue_units end as target
    from summed
),

floored as (
    select
        *,
        case when is_shared then target * weight // weights else weight end as whole_units,
        case when is_shared then target * weight % weights else 0 end as remainder
    from targeted
),

shared as (
    select
        *,
        case when is_shared then target - sum(whole_units) over (partition by order_id) else 0 end as units_left,
        row_number() over (partition by order_id order by remainder desc, line_id asc) as remainder_rank
    from floored
),

final as (
    select
        line_id,
        source,
        order_id as opportunity_id,
        product_id,
        product_name,
        cast(quantity as decimal(18, 6)) as quantity,
        cast(unit_price as decimal(18, 6)) as unit_price,
        -- In the same terms as what was earned: without taxes where they are not revenue.
        cast(
            case
                when is_shared and items_units > 0 and revenue_units <> items_units
                    then cast(unit_price as double) * (revenue_units / items_units)
                else unit_price
            end as decimal(18, 6)
        ) as list_price,
        cast(
            cast(whole_units + case when remainder_rank <= units_left then 1 else 0 end as decimal(24, 4))
            / power(10, exponent) as decimal(18, 6)
        ) as total_price
    from shared
    union all
    select
        order_id || '#shipping', source, order_id, {{ conformed_id("'(shipping)'") }}, 'Shipping',
        cast(1 as decimal(18, 6)), cast(shipping_revenue as decimal(18, 6)), cast(shipping_revenue as decimal(18, 6)),
        cast(shipping_revenue as decimal(18, 6))
    from orders
    where shipping_revenue <> 0
)

select * from final
