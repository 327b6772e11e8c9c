-- Our conversions beside what the market reports and what we want (R038): the newest twelve complete months of each
-- metric, for the segment of the benchmark where we know it.
{%- set window = 90 %}
with spans as (
    select
        date_trunc('month', {{ data_as_of() }} - interval ({{ window }} - 1) day) as cohorts_end,
        date_trunc('month', {{ data_as_of() }} + interval 1 day) as months_end
),

-- Cohorts that had 90 days (G6); periods are complete when the month is.
own_rates as (
    select
        conversions.metric,
        conversions.basis,
        conversions.dimension_type,
        conversions.dimension_value,
        sum(conversions.numerator) as numerator,
        sum(conversions.denominator) as denominator,
        min(conversions.month_start) as from_month,
        max(conversions.month_start) as to_month
    from {{ ref('mart_funnel_conversion') }} as conversions
    cross join spans
    where
        conversions.dimension_type in ('all', 'segment')
        and (
            (
                conversions.basis = 'cohort'
                and conversions.window_days = {{ window }}
                -- Few customers can be retained on the very last day of the window.
                and (
                    conversions.to_stage is distinct from 'Retained'
                    or conversions.window_days > {{ var('retained_after_days') }}
                )
                and conversions.month_start < spans.cohorts_end
                and conversions.month_start >= spans.cohorts_end - interval 12 month
            )
            or (
                conversions.basis = 'period'
                and conversions.metric in ('win_rate', 'visitor_to_lead', 'session_to_lead', 'worked_to_new_account')
                and conversions.month_start < spans.months_end
                and conversions.month_start >= spans.months_end - interval 12 month
            )
        )
    group by all
    union all
    select
        rates.metric, 'period', 'all', 'all', sum(rates.numerator), sum(rates.denominator),
        cast(date_trunc('month', min(rates.sent_on)) as date), cast(date_trunc('month', max(rates.sent_on)) as date)
    from (
        select 'email_open_rate' as metric, opens as numerator, delivered as denominator, sent_on
        from {{ ref('fct_email_campaign') }}
        union all
        select 'email_click_rate', clicks_unique, delivered, sent_on from {{ ref('fct_email_campaign') }}
    ) as rates
    cross join spans
    where
        rates.denominator is not null
        and rates.sent_on < spans.months_end
        and rates.sent_on >= spans.months_end - interval 12 month
    group by rates.metric
),

benchmarks as (
    select * from {{ ref('int_benchmark') }}
),

asked as (
    select metric, segment, benchmark_source, low, median, high, published_on from benchmarks
    union all
    -- What nobody published a standard for is shown without one.
    select distinct
        own_rates.metric, '(all)', '(none)', cast(null as double), cast(null as double), cast(null as double),
        cast(null as date)
    from own_rates
    left join benchmarks on own_rates.metric = benchmarks.metric
    where benchmarks.metric is null
),

-- The segment's own figures where there are any, else the whole company's.
matched as (
    select
        asked.*,
        own_rates.basis,
        own_rates.dimension_type,
        own_rates.numerator,
        own_rates.denominator,
        own_rates.from_month,
        own_rates.to_month
    from asked
    left join own_rates
        on
            asked.metric = own_rates.metric
            and (
                own_rates.dimension_type = 'all'
                or (own_rates.dimension_type = 'segment' and asked.segment = own_rates.dimension_value)
            )
    qualify row_number() over (
        partition by asked.metric, asked.segment, asked.benchmark_source
        order by own_rates.dimension_type = 'segment' desc nulls last
    ) = 1
),

goals as (
    select metric, min_by(target, (goal_id, goal_version)) as goal_target
    from {{ ref('mart_goal_attainment') }}
    where
        is_latest
        and scope_type = 'company'
        and status <> 'no data'
        and {{ data_as_of() }} between start_date and end_date
    group by metric
),

rated as (
    select
        matched.*,
        {{ safe_divide('matched.numerator', 'matched.denominator') }} as own_rate,
        {{ wilson_bound('matched.numerator', 'matched.denominator', '-') }} as own_low,
        {{ wilson_bound('matched.numerator', 'matched.denominator', '+') }} as own_high,
        goals.goal_target
    from matched
    left join goals on matched.metric = goals.metric
),

final as (
    select
        metric,
        segment,
        benchmark_source,
        basis,
        case dimension_type when 'segment' then segment when 'all' then '(all)' end as compared_segment,
        from_month,
        last_day(to_month) as to_day,
        cast(numerator as bigint) as numerator,
        cast(denominator as bigint) as denominator,
        own_rate,
        own_low,
        own_high,
        low as benchmark_low,
        median as benchmark_median,
        high as benchmark_high,
        own_rate - median as gap_to_benchmark,
        case
            when own_rate is null or median is null then null
            when own_rate < low then 'below the market'
            when own_rate < median then 'lower half'
            when own_rate <= coalesce(high, own_rate) then 'upper half'
            else 'above the market'
        end as benchmark_band,
        coalesce(own_high < median and denominator >= {{ var('min_n') }}, false) as is_below_benchmark,
        published_on,
        case when median is not null then published_on < {{ data_as_of() }} - interval 24 month end as is_stale,
        goal_target,
        own_rate - goal_target as gap_to_goal,
        coalesce(denominator, 0) < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from rated
)

select * from final
