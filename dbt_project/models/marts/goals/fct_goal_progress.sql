-- What has come together of each goal by each day of each of its periods, and how much of the period is gone (R095).
with periods as (
    select * from {{ ref('dim_goal_period') }}
    where period_start <= {{ data_as_of() }}
),

scopes as (
    select * from {{ ref('int_goal_scope') }}
),

metric_days as (
    select * from {{ ref('mart_metric_daily') }}
),

spans as (
    select * from {{ ref('fct_customer_span') }}
),

days as (
    {{ days_from('periods', 'period_start', 'least(period_end, ' ~ data_as_of() ~ ')') }}
),

scoped as (
    select periods.*, scopes.scope_id
    from periods
    inner join scopes on periods.goal_id = scopes.goal_id and periods.goal_version = scopes.goal_version
),

-- A level starts from what it was the day before; everything else from nothing.
added as (
    select
        scoped.goal_id, scoped.goal_version, scoped.period_number,
        greatest(metric_days.date_day, scoped.period_start) as date_day,
        metric_days.date_day < scoped.period_start as is_opening,
        metric_days.numerator, metric_days.denominator, metric_days.squares
    from scoped
    inner join metric_days
        on
            scoped.metric = metric_days.metric
            and scoped.scope_type = metric_days.scope_type
            and scoped.scope_id = metric_days.scope_id
            and scoped.period_end >= metric_days.date_day
            and (scoped.metric_kind = 'stock' or scoped.period_start <= metric_days.date_day)
),

{{ cohort_members('scoped', ['goal_id', 'goal_version', 'period_number', 'period_end'], 'period_start') }},

-- Who was there at the start counts as kept until the day they are lost, and again from the day they are back.
starters as (
    select cohort_members.*, periods.period_start
    from cohort_members
    inner join periods
        on
            cohort_members.goal_id = periods.goal_id
            and cohort_members.goal_version = periods.goal_version
            and cohort_members.period_number = periods.period_number
),

span_ends as (
    select basis, customer_id, valid_from as date_day, 1 as change from spans
    union all
    select basis, customer_id, valid_to, -1 from spans
    where valid_to is not null
),

cohort_changes as (
    select goal_id, goal_version, period_number, period_start as date_day, counts_kept, 1 as entered, 1 as kept
    from starters
    union all
    select
        starters.goal_id, starters.goal_version, starters.period_number, span_ends.date_day, starters.counts_kept, 0,
        span_ends.change
    from starters
    inner join span_ends
        on
            starters.basis = span_ends.basis
            and starters.customer_id = span_ends.customer_id
            and span_ends.date_day between starters.period_start and starters.period_end
),

daily as (
    select
        goal_id, goal_version, period_number, date_day,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(squares) as squares,
        cast(
            -- A product of narrow decimals stays narrow, and overflows.
            cast(least(abs(sum(numerator)), 1000000000000) as decimal(19, 2))
            * cast(least(abs(sum(numerator)), 1000000000000) as decimal(19, 2)) as decimal(38, 4)
        ) as day_square,
        coalesce(sum(numerator) filter (where is_opening), 0) as opening
    from added
    group by goal_id, goal_version, period_number, date_day
    union all
    select
        goal_id, goal_version, period_number, date_day,
        sum(case when counts_kept then kept else entered - kept end),
        sum(entered),
        null,
        null,
        0
    from cohort_changes
    group by goal_id, goal_version, period_number, date_day
),

-- The same days a year before (364 days: Mondays meet Mondays) say how much of a period is usually done by a day.
season_days as (
    select
        scoped.goal_id, scoped.goal_version, scoped.period_number,
        metric_days.date_day + 364 as date_day,
        sum(metric_days.numerator) as season_numerator
    from scoped
    inner join metric_days
        on
            scoped.metric = metric_days.metric
            and scoped.scope_type = metric_days.scope_type
            and scoped.scope_id = metric_days.scope_id
            and metric_days.date_day between scoped.period_start - 364 and scoped.period_end - 364
    where scoped.pacing = 'seasonal' and scoped.metric_kind = 'additive'
    group by scoped.goal_id, scoped.goal_version, scoped.period_number, metric_days.date_day
),

first_days as (
    select metric, min(date_day) as first_day
    from metric_days
    group by metric
),

-- Only where a whole period a year before is known, and every day of it brought something or nothing.
seasons as (
    select
        season_days.goal_id, season_days.goal_version, season_days.period_number,
        sum(season_days.season_numerator) as season_total
    from season_days
    inner join periods
        on
            season_days.goal_id = periods.goal_id
            and season_days.goal_version = periods.goal_version
            and season_days.period_number = periods.period_number
    inner join first_days
        on periods.metric = first_days.metric and periods.period_start - 364 >= first_days.first_day
    group by season_days.goal_id, season_days.goal_version, season_days.period_number
    having sum(season_days.season_numerator) > 0 and min(season_days.season_numerator) >= 0
),

running as (
    select
        days.goal_id,
        days.goal_version,
        days.period_number,
        days.date_day,
        sum(coalesce(daily.numerator, 0)) over so_far as numerator,
        sum(coalesce(daily.denominator, 0)) over so_far as denominator,
        sum(coalesce(daily.squares, 0)) over so_far as squares,
        sum(coalesce(daily.day_square, 0)) over so_far as day_squares,
        min(coalesce(daily.numerator, 0)) over so_far as lowest_day,
        first_value(coalesce(daily.opening, 0)) over so_far as opening,
        days.date_day - days.period_start + 1 as days_elapsed,
        days.period_end - days.period_start + 1 as days_total,
        {{ weekdays_before('days.date_day + 1') }}
        - {{ weekdays_before('days.period_start') }} as business_days_elapsed,
        {{ weekdays_before('days.period_end + 1') }}
        - {{ weekdays_before('days.period_start') }} as business_days_total,
        sum(coalesce(season_days.season_numerator, 0)) over so_far as season_to_date,
        seasons.season_total
    from days
    left join daily
        on
            days.goal_id = daily.goal_id
            and days.goal_version = daily.goal_version
            and days.period_number = daily.period_number
            and days.date_day = daily.date_day
    left join season_days
        on
            days.goal_id = season_days.goal_id
            and days.goal_version = season_days.goal_version
            and days.period_number = season_days.period_number
            and days.date_day = season_days.date_day
    left join seasons
        on
            days.goal_id = seasons.goal_id
            and days.goal_version = seasons.goal_version
            and days.period_number = seasons.period_number
    window so_far as (
        partition by days.goal_id, days.goal_version, days.period_number order by days.date_day
        rows between unbounded preceding and current row
    )
),

final as (
    select
        goal_id,
        goal_version,
        period_number,
        date_day,
        cast(days_elapsed as bigint) as days_elapsed,
        cast(days_total as bigint) as days_total,
        cast(business_days_elapsed as bigint) as business_days_elapsed,
        cast(business_days_total as bigint) as business_days_total,
        {{ safe_divide('season_to_date', 'season_total') }} as season_share,
        cast(opening as decimal(24, 6)) as opening,
        cast(numerator as decimal(24, 6)) as numerator,
        cast(denominator as decimal(24, 6)) as denominator,
        cast(squares as decimal(38, 4)) as squares,
        cast(day_squares as decimal(38, 4)) as day_squares,
        cast(lowest_day as decimal(24, 6)) as lowest_day,
        {{ data_as_of() }} as data_as_of
    from running
)

select * from final
