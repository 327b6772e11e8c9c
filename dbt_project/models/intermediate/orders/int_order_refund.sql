-- Refunds of orders that are sales, as far as they take back revenue: their share of what was paid, so that all of it
-- paid back takes back all revenue, to the cent. A refund of the whole order takes back its lines.
with orders as (
    select * from {{ ref('int_order') }}
    where excluded_reason is null
),

numbered as (
    select
        refunds.refund_id,
        refunds.refunded_at,
        refunds.is_dated,
        refunds.amount,
        orders.* exclude (account_id),
        sum(refunds.amount) over so_far as paid_back,
        count(*) over (partition by refunds.order_id) as refund_count
    from {{ ref('stg_order_refunds') }} as refunds
    inner join orders on refunds.order_id = orders.order_id
    where orders.paid_total > 0
    window so_far as (
        partition by refunds.order_id order by refunds.refunded_at, refunds.refund_id
        rows between unbounded preceding and current row
    )
),

cumulated as (
    select
        *,
        {{ native_amount(
            'cast(paid_back as decimal(28, 4)) * cast(amount_native as decimal(18, 4)) / paid_total', 'exponent'
        ) }} as taken_back
    from numbered
),

final as (
    select
        refund_id,
        order_id,
        source,
        order_number,
        {{ business_day('refunded_at') }} as refunded_on,
        refunded_at,
        is_dated,
        amount as paid_back,
        currency,
        is_currency_assumed,
        cast(
            coalesce(lag(taken_back) over (partition by order_id order by refunded_at, refund_id), 0) - taken_back
            as decimal(18, 4)
        ) as amount_native,
        refund_count = 1 and paid_back = paid_total as is_whole_order,
        person_id,
        crm_account_id,
        customer_key,
        billing_country,
        shipping_country,
        sales_channel,
        channel,
        campaign_id
    from cumulated
)

select * from final
