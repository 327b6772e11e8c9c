-- The lines of each order as the newest export has them. An export that was cut into files may cut an order: where the
-- lines of the newest part do not come to what the order says, older parts and parts without the order's own cells are
-- taken along, the newest first, until they do. Whatever the parts are, the numbers of the lines follow their content.
with parts as (
    select
        lines.source,
        lines.order_id,
        lines._batch_id,
        max(lines._exported_at) as exported_at,
        -- A product of narrow decimals stays narrow, and overflows at a million.
        sum(round(cast(lines.quantity as decimal(28, 6)) * lines.unit_price, 6)) as lines_amount
    from {{ source('raw', 'order_lines') }} as lines
    group by lines.source, lines.order_id, lines._batch_id
),

headed as (
    select
        source,
        record_id as order_id,
        _batch_id,
        -- Prices are before discounts or, where a shop exports what was paid for one, after them.
        max(subtotal + coalesce(discount, 0)) as order_amount,
        max(subtotal) as amount_after_discount
    from {{ source('raw', 'orders') }}
    group by source, record_id, _batch_id
),

-- The part to begin with: the newest that has the order's own cells.
ranked as (
    select
        parts.*,
        headed.order_amount,
        headed.amount_after_discount,
        headed._batch_id is not null as is_headed,
        row_number() over newest as place
    from parts
    left join headed
        on
            parts.source = headed.source
            and parts.order_id = headed.order_id
            and parts._batch_id = headed._batch_id
    window newest as (
        partition by parts.source, parts.order_id
        order by headed._batch_id is null, parts.exported_at desc, parts._batch_id desc
    )
),

-- The others behind it, the newest first.
lined_up as (
    select
        *,
        first_value(order_amount) over line as expected,
        first_value(amount_after_discount) over line as expected_after,
        sum(lines_amount) over line as amount_so_far,
        row_number() over line as step
    from ranked
    window line as (
        partition by source, order_id order by place > 1, exported_at desc, _batch_id desc
        rows between unbounded preceding and current row
    )
),

-- How many parts make the order whole. Where none do, the newest stands as it is.
complete as (
    select
        source,
        order_id,
        coalesce(
            min(step) filter (
                where least(abs(amount_so_far - expected), abs(amount_so_far - expected_after)) < 0.005
            ),
            1
        ) as steps
    from lined_up
    group by source, order_id
),

counted as (
    select lines.*
    from {{ source('raw', 'order_lines') }} as lines
    inner join lined_up
        on
            lines.source = lined_up.source
            and lines.order_id = lined_up.order_id
            and lines._batch_id = lined_up._batch_id
    inner join complete on lined_up.source = complete.source and lined_up.order_id = complete.order_id
    where lined_up.step <= complete.steps
),

final as (
    select
        {{ conformed_id('order_id') }} || '#' || row_number() over (
            partition by source, order_id order by product_id, product_name, unit_price, quantity, line_discount
        ) as line_id,
        source,
        {{ conformed_id('order_id') }} as order_id,
        {{ conformed_id('product_id') }} as product_id,
        product_name,
        quantity,
        unit_price,
        coalesce(line_discount, 0) as line_discount
    from counted
)

select * from final
