-- What was paid back of each order. Refunds with a day of their own count on it; what an order says was paid back
-- beyond them was paid back when it was cancelled, else on the day of the first export that says so.
with current_refunds as (
    {{ crm_records('refunds', has_deleted_flag=false) }}
),

orders as (
    select * from {{ ref('stg_orders') }}
),

dated as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as refund_id,
        own.source,
        {{ conformed_id('own.order_id', 'own.source') }} as order_id,
        {{ native_amount('abs(own.amount)', 'orders.exponent') }} as amount,
        own.refunded_at,
        true as is_dated
    from current_refunds as own
    -- A refund in another currency than its order's cannot be taken off it.
    inner join orders
        on
            {{ conformed_id('own.order_id', 'own.source') }} = orders.order_id
            and coalesce(upper(nullif(trim(own.currency), '')), orders.currency) = orders.currency
    where own.amount <> 0 and own.refunded_at is not null
),

dated_sums as (
    select order_id, sum(amount) as amount
    from dated
    group by order_id
),

-- What each export says was paid back so far, never more than the newest one says.
said as (
    select
        orders.order_id,
        orders.source,
        orders.cancelled_at,
        exports._exported_at as said_at,
        max(least(
            {{ native_amount(refunded_so_far('exports'), 'orders.exponent') }}, orders.refunded_amount
        )) as said_amount
    from {{ source('raw', 'orders') }} as exports
    inner join orders on {{ conformed_id('exports.record_id', 'exports.source') }} = orders.order_id
    where orders.refunded_amount > 0
    group by orders.order_id, orders.source, orders.cancelled_at, exports._exported_at
),

so_far as (
    select
        said.*,
        greatest(
            max(said.said_amount) over (partition by said.order_id order by said.said_at)
            - coalesce(dated_sums.amount, 0),
            0
        ) as undated
    from said
    left join dated_sums on said.order_id = dated_sums.order_id
),

steps as (
    select
        *,
        undated - coalesce(lag(undated) over (partition by order_id order by said_at), 0) as amount,
        row_number() over (partition by order_id order by said_at) as step
    from so_far
),

final as (
    select refund_id, source, order_id, amount, refunded_at, is_dated from dated
    union all
    select order_id || '#refund-' || step, source, order_id, amount, coalesce(cancelled_at, said_at), false
    from steps
    where amount > 0
)

select * from final
