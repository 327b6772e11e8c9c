{#-
CTEs of who is a customer at each month's end, by two rules (`basis`) that are never mixed:

subscription  somebody whose recurring revenue is above zero (mart_mrr; days of grace are in it)
orders        somebody who bought within the last order_active_days: a won deal that cost something

level_months     basis, month_start, level_on: each month from the first customer on
customer_levels  basis, month_start, customer_id, mrr (NULL for orders)
-#}
{% macro customer_levels() -%}
    purchases as (
        select distinct customer_id, closed_on
        from {{ ref('fct_opportunity') }}
        where is_purchase
    ),

    first_months as (
        select 'subscription' as basis, min(month_start) as first_month
        from {{ ref('mart_mrr') }}
        where mrr_end > 0
        union all
        select 'orders', cast(date_trunc('month', min(closed_on)) as date)
        from purchases
    ),

    level_months as (
        select
            first_months.basis,
            cast(days.first_day as date) as month_start,
            least(last_day(days.first_day), {{ data_as_of() }}) as level_on
        from first_months
        cross join lateral
            unnest(generate_series(
                cast(first_months.first_month as timestamp), cast({{ data_as_of() }} as timestamp), interval 1 month
            )) as days (first_day)
    ),

    customer_levels as (
        select 'subscription' as basis, month_start, customer_id, mrr_end as mrr
        from {{ ref('mart_mrr') }}
        where mrr_end > 0
        union all
        select distinct
            'orders',
            level_months.month_start,
            purchases.customer_id,
            cast(null as decimal(18, 2))
        from purchases
        inner join level_months
            on
                level_months.basis = 'orders'
                and level_months.level_on >= purchases.closed_on
                and level_months.level_on < purchases.closed_on + {{ var('order_active_days') }}
    )
{%- endmacro %}
