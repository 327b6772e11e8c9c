-- Product lines of deals, of orders and of refunds of whole orders: whatever a sale consists of.
with order_lines as (
    select lines.*, orders.currency
    from {{ ref('int_order_line') }} as lines
    inner join {{ ref('int_order') }} as orders on lines.opportunity_id = orders.order_id
)

select
    line_id, source, opportunity_id, product_id, null as product_name, quantity, list_price, unit_price, total_price,
    currency
from {{ ref('stg_crm_opportunity_lines') }}
union all
select
    line_id, source, opportunity_id, product_id, product_name, quantity, list_price, unit_price, total_price, currency
from order_lines
union all
select
    refunds.refund_id || substr(order_lines.line_id, length(order_lines.opportunity_id) + 1), order_lines.source,
    refunds.refund_id, order_lines.product_id, order_lines.product_name, -order_lines.quantity, order_lines.list_price,
    order_lines.unit_price, -order_lines.total_price, order_lines.currency
from {{ ref('int_order_refund') }} as refunds
inner join order_lines on refunds.order_id = order_lines.opportunity_id
where refunds.is_whole_order
