-- Who is a customer from which day to which, by the two rules of R087 that are never mixed: somebody who pays a
-- subscription, with what it brings a month, or somebody who bought within the last order_active_days.
with {{ running_subscriptions() }},

changes as (
    select customer_id, valid_from as changed_on, mrr_reporting as change
    from running
    union all
    select customer_id, valid_to, -mrr_reporting
    from running
    where valid_to < date '9999-12-31'
),

changed_days as (
    select customer_id, changed_on, coalesce(sum(change), 0) as change
    from changes
    group by customer_id, changed_on
),

levels as (
    select
        customer_id,
        changed_on as valid_from,
        lead(changed_on) over (partition by customer_id order by changed_on) as valid_to,
        sum(change) over (
            partition by customer_id order by changed_on rows between unbounded preceding and current row
        ) as mrr
    from changed_days
),

purchases as (
    select distinct
        customer_id,
        closed_on as active_from,
        closed_on + {{ var('order_active_days') }} as active_to
    from {{ ref('fct_opportunity') }}
    where is_purchase and closed_on <= {{ data_as_of() }}
),

-- A purchase before the last one has run out goes on with it.
linked as (
    select
        *,
        active_from > lag(active_to) over (partition by customer_id order by active_from) as is_new_span
    from purchases
),

numbered as (
    select
        *,
        count(*) filter (where is_new_span) over (
            partition by customer_id order by active_from rows between unbounded preceding and current row
        ) as span_number
    from linked
),

spans as (
    select 'subscription' as basis, customer_id, valid_from, valid_to, mrr
    from levels
    where mrr > 0
    union all
    select 'orders', customer_id, min(active_from), max(active_to), null
    from numbered
    group by customer_id, span_number
),

final as (
    select
        basis,
        customer_id,
        valid_from,
        valid_to,
        cast(mrr as decimal(18, 2)) as mrr,
        {{ data_as_of() }} as data_as_of
    from spans
    where valid_from <= {{ data_as_of() }}
)

select * from final
