-- What a customer has brought on average after some days, by the month of the first purchase (R083, R084). Who has not
-- been a customer for so long is not in the average: nobody is taken for poorer because he is new.
with customers as (
    select * from {{ ref('mart_customer_value') }}
    where cohort_month is not null
),

measured as (
    {% for days in [30, 90, 180, 365] %}
        select
            cohort_month,
            cast({{ days }} as bigint) as window_days,
            not is_censored_{{ days }}d as is_observed,
            revenue_{{ days }}d as revenue,
            profit_{{ days }}d as profit,
            acquisition_cost,
            net_value_{{ days }}d as net_value
        from customers
        union all
    {% endfor %}
    select cohort_month, null, true, revenue_to_date, profit_to_date, acquisition_cost, net_value_to_date
    from customers
),

final as (
    select
        cohort_month,
        window_days,
        count(*) as customers,
        count(*) filter (where is_observed) as customers_observed,
        count(*) filter (where not is_observed) as n_open,
        bool_and(is_observed) and (window_days is not null or last_day(cohort_month) <= {{ data_as_of() }})
            as is_mature,
        cast(sum(revenue) filter (where is_observed) as decimal(18, 2)) as revenue_observed,
        {{ safe_divide('sum(revenue) filter (where is_observed)', 'count(*) filter (where is_observed)') }}
            as average_revenue,
        count(*) filter (where is_observed and profit is not null) as customers_costed,
        cast(sum(profit) filter (where is_observed) as decimal(18, 2)) as profit_observed,
        {{ safe_divide(
            'sum(profit) filter (where is_observed)', 'count(*) filter (where is_observed and profit is not null)'
        ) }} as average_profit,
        count(*) filter (where is_observed and acquisition_cost is not null) as customers_with_acquisition_cost,
        cast(sum(acquisition_cost) filter (where is_observed) as decimal(18, 6)) as acquisition_cost_observed,
        count(*) filter (where is_observed and net_value is not null) as customers_netted,
        cast(sum(net_value) filter (where is_observed) as decimal(18, 6)) as net_value_observed,
        {{ safe_divide(
            'sum(net_value) filter (where is_observed)', 'count(*) filter (where is_observed and net_value is not null)'
        ) }} as average_net_value,
        count(*) filter (where is_observed) < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from measured
    group by cohort_month, window_days
)

select * from final
