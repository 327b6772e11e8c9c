-- Who stayed and who left in each month, quarter and year (R087, R088). Only customers at the start count, by where
-- they are at the end: who joined in between is in no rate of the period, who left and came back stayed.
with {{ customer_levels() }},

periods as (
    {% for grain in ['month', 'quarter', 'year'] %}
        select
            '{{ grain }}' as period_grain,
            basis,
            cast(date_trunc('{{ grain }}', month_start) as date) as period_start,
            cast(date_trunc('{{ grain }}', month_start) + interval 1 {{ grain }} as date) - 1 as period_end,
            max(month_start) as last_month,
            max(level_on) as level_on
        from level_months
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

starts as (
    select periods.period_grain, periods.basis, periods.period_start, levels.customer_id, levels.mrr
    from periods
    inner join customer_levels as levels
        on
            periods.basis = levels.basis
            and cast(periods.period_start - interval 1 month as date) = levels.month_start
),

ends as (
    select periods.period_grain, periods.basis, periods.period_start, levels.customer_id, levels.mrr
    from periods
    inner join customer_levels as levels
        on periods.basis = levels.basis and periods.last_month = levels.month_start
),

compared as (
    select
        coalesce(starts.period_grain, ends.period_grain) as period_grain,
        coalesce(starts.basis, ends.basis) as basis,
        coalesce(starts.period_start, ends.period_start) as period_start,
        starts.customer_id is not null as is_at_start,
        ends.customer_id is not null as is_at_end,
        starts.mrr as mrr_start,
        ends.mrr as mrr_end
    from starts
    full outer join ends
        on
            starts.period_grain = ends.period_grain
            and starts.basis = ends.basis
            and starts.period_start = ends.period_start
            and starts.customer_id = ends.customer_id
),

counted as (
    select
        period_grain,
        basis,
        period_start,
        count(*) filter (where is_at_start) as customers_start,
        count(*) filter (where is_at_start and is_at_end) as customers_retained,
        count(*) filter (where is_at_start and not is_at_end) as customers_lost,
        count(*) filter (where not is_at_start) as customers_joined,
        count(*) filter (where is_at_end) as customers_end,
        sum(mrr_start) as mrr_start,
        sum(mrr_start) filter (where not is_at_end) as mrr_churned,
        sum(mrr_start - mrr_end) filter (where mrr_end < mrr_start) as mrr_contracted,
        sum(mrr_end - mrr_start) filter (where mrr_end > mrr_start) as mrr_expanded
    from compared
    group by period_grain, basis, period_start
),

-- Nothing at the start is nothing observed, not unknown; orders do not recur, their revenue is not of a month.
filled as (
    select
        periods.basis,
        periods.period_grain,
        periods.period_start,
        periods.period_end,
        periods.level_on,
        periods.level_on = periods.period_end as is_complete,
        {% for measure in ['start', 'retained', 'lost', 'joined', 'end'] -%}
            coalesce(counted.customers_{{ measure }}, 0) as customers_{{ measure }},
        {% endfor -%}
        case when periods.basis = 'subscription' then coalesce(counted.mrr_start, 0) end as mrr_start,
        case when periods.basis = 'subscription' then coalesce(counted.mrr_churned, 0) end as mrr_churned,
        case when periods.basis = 'subscription' then coalesce(counted.mrr_contracted, 0) end as mrr_contracted,
        case when periods.basis = 'subscription' then coalesce(counted.mrr_expanded, 0) end as mrr_expanded
    from periods
    left join counted
        on
            periods.period_grain = counted.period_grain
            and periods.basis = counted.basis
            and periods.period_start = counted.period_start
),

rated as (
    select
        *,
        cast(mrr_churned + mrr_contracted as decimal(18, 2)) as mrr_lost,
        cast(mrr_start - mrr_churned - mrr_contracted as decimal(18, 2)) as mrr_kept,
        cast(mrr_start - mrr_churned - mrr_contracted + mrr_expanded as decimal(18, 2)) as mrr_retained,
        {{ safe_divide('customers_retained', 'customers_start') }} as retention_rate,
        {{ safe_divide('customers_lost', 'customers_start') }} as churn_rate
    from filled
),

-- What monthly rates come to over the period: not their sum (R088).
compounded as (
    {% for grain in ['month', 'quarter', 'year'] %}
        select
            '{{ grain }}' as period_grain,
            basis,
            cast(date_trunc('{{ grain }}', period_start) as date) as period_start,
            case when count(*) = count(churn_rate) then 1 - product(1 - churn_rate) end as churn_compounded
        from rated
        where period_grain = 'month'
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        rated.basis,
        rated.period_grain,
        rated.period_start,
        rated.period_end,
        rated.level_on,
        rated.is_complete,
        rated.customers_start,
        rated.customers_retained,
        rated.customers_lost,
        rated.customers_joined,
        rated.customers_end,
        rated.retention_rate,
        rated.churn_rate,
        compounded.churn_compounded,
        cast(rated.mrr_start as decimal(18, 2)) as mrr_start,
        cast(rated.mrr_churned as decimal(18, 2)) as mrr_churned,
        cast(rated.mrr_contracted as decimal(18, 2)) as mrr_contracted,
        cast(rated.mrr_expanded as decimal(18, 2)) as mrr_expanded,
        rated.mrr_lost,
        rated.mrr_kept,
        rated.mrr_retained,
        {{ safe_divide('rated.mrr_lost', 'rated.mrr_start') }} as revenue_churn_rate,
        {{ safe_divide('rated.mrr_kept', 'rated.mrr_start') }} as gross_revenue_retention,
        {{ safe_divide('rated.mrr_retained', 'rated.mrr_start') }} as net_revenue_retention,
        rated.customers_start < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from rated
    inner join compounded
        on
            rated.period_grain = compounded.period_grain
            and rated.basis = compounded.basis
            and rated.period_start = compounded.period_start
)

select * from final
