-- What existing customers bought on top (R091): products they did not have, more of those they had, or the same again.
-- A customer's first deal is not counted, however many products it holds.
{%- set kinds = ['cross_sell', 'upsell', 'renewal', 'reduction', 'unknown'] %}
with {{ purchases_on_top() }},

first_week as (
    select min(closed_on) as first_day from bought
),

periods as (
    {% for grain in ['week', 'month'] %}
        select
            '{{ grain }}' as period_grain,
            cast(days.first_day as date) as period_start,
            least(
                cast(days.first_day + interval 1 {{ grain }} as date) - 1, {{ data_as_of() }}
            ) as level_on,
            cast(days.first_day + interval 1 {{ grain }} as date) - 1 <= {{ data_as_of() }} as is_complete
        from first_week
        cross join
            unnest(generate_series(
                date_trunc('{{ grain }}', cast(first_week.first_day as timestamp)),
                cast({{ data_as_of() }} as timestamp),
                interval 1 {{ grain }}
            )) as days (first_day)
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- How many products each customer has had by the end of a period: only first purchases of a product change it.
first_products as (
    select customer_id, product_id, min(closed_on) as had_since
    from bought
    group by customer_id, product_id
),

ordered_products as (
    select
        customer_id,
        had_since,
        row_number() over (
            partition by customer_id, product_id is null order by had_since, product_id
        ) as product_number,
        product_id is not null as is_known
    from first_products
),

attached as (
    select
        periods.period_grain,
        periods.period_start,
        count(distinct products.customer_id) as customers,
        count(distinct products.customer_id) filter (where products.is_known and products.product_number = 2)
            as customers_with_two
    from periods
    left join ordered_products as products on periods.level_on >= products.had_since
    group by periods.period_grain, periods.period_start
),

measured as (
    select
        periods.period_grain,
        periods.period_start,
        kinds.kind,
        count(distinct kinds.opportunity_id) as deals,
        count(distinct kinds.customer_id) as customers_buying,
        sum(kinds.line_count) as line_count,
        sum(kinds.amount_reporting) as revenue,
        sum(
            case
                when kinds.kind in ('cross_sell', 'unknown') then kinds.amount_reporting else kinds.change_reporting
            end
        ) as revenue_added
    from kinds
    inner join periods on kinds.closed_on between periods.period_start and periods.level_on
    group by periods.period_grain, periods.period_start, kinds.kind
),

final as (
    select
        periods.period_grain,
        periods.period_start,
        periods.level_on,
        periods.is_complete,
        every_kind.kind,
        coalesce(measured.deals, 0) as deals,
        coalesce(measured.customers_buying, 0) as customers_buying,
        cast(coalesce(measured.line_count, 0) as bigint) as line_count,
        cast(coalesce(measured.revenue, 0) as decimal(18, 2)) as revenue,
        cast(coalesce(measured.revenue_added, 0) as decimal(18, 2)) as revenue_added,
        attached.customers,
        attached.customers_with_two,
        {{ safe_divide('attached.customers_with_two', 'attached.customers') }} as attach_rate,
        attached.customers < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from periods
    cross join (select unnest({{ kinds }}) as kind) as every_kind
    inner join attached
        on periods.period_grain = attached.period_grain and periods.period_start = attached.period_start
    left join measured
        on
            periods.period_grain = measured.period_grain
            and periods.period_start = measured.period_start
            and every_kind.kind = measured.kind
)

select * from final
