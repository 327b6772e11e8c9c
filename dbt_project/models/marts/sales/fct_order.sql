-- Every order of any export: what it comes to, what of it is revenue, and why an order is not a sale.
with orders as (
    select * from {{ ref('int_order') }}
),

final as (
    select
        orders.order_id,
        orders.source,
        orders.account_id,
        orders.order_number,
        orders.status,
        orders.excluded_reason is null
        and orders.sold_on <= {{ data_as_of() }}
        and same_sales.order_id is null as is_sale,
        coalesce(
            orders.excluded_reason, case when same_sales.order_id is not null then 'counted_as_deal' end
        ) as excluded_reason,
        orders.created_on,
        orders.sold_on,
        coalesce(orders.crm_account_id, orders.person_id, orders.customer_key) as customer_id,
        orders.currency,
        orders.is_currency_assumed,
        orders.items as items_native,
        orders.discount as discount_native,
        orders.shipping_paid as shipping_native,
        orders.tax_paid as tax_native,
        orders.is_tax_included,
        orders.paid_total as total_native,
        cast(orders.refunded_total as decimal(18, 4)) as refunded_native,
        orders.amount_native as revenue_native,
        orders.billing_country,
        orders.shipping_country,
        orders.sales_channel,
        orders.channel,
        orders.campaign_id,
        {{ data_as_of() }} as data_as_of
    from orders
    left join {{ ref('int_sale_overlap') }} as same_sales
        on orders.order_id = same_sales.order_id and same_sales.counted = 'deal'
)

select * from final
