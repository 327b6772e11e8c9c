-- Every goal on every day from its start: what is reached, what should be by now, and how it will end (R092,
-- R094, R095).
with goals as (
    select * from {{ ref('int_goal') }}
),

scopes as (
    select * from {{ ref('int_goal_scope') }}
),

metrics as (
    select * from {{ ref('goal_metrics') }}
),

-- Nothing loaded is not the same as nothing achieved (G3).
loaded as (
    select * from {{ ref('int_loaded_entity') }}
),

known_scopes as (
    select distinct goal_id, goal_version from scopes
),

measurable as (
    select
        goals.*,
        known_scopes.goal_id is not null as is_scope_known,
        coalesce(loaded.is_loaded, false) and known_scopes.goal_id is not null as is_measurable
    from goals
    left join metrics on goals.metric = metrics.metric
    left join loaded on metrics.depends_on = loaded.entity
    left join known_scopes on goals.goal_id = known_scopes.goal_id and goals.goal_version = known_scopes.goal_version
),

started as (
    select * from measurable
    where start_date <= {{ data_as_of() }}
),

days as (
    {{ days_from('started', 'start_date', 'least(end_date, ' ~ data_as_of() ~ ')') }}
),

daily as (
    select
        goals.goal_id,
        goals.goal_version,
        metric_days.date_day,
        sum(metric_days.numerator) as numerator,
        sum(metric_days.denominator) as denominator
    from goals
    inner join scopes on goals.goal_id = scopes.goal_id and goals.goal_version = scopes.goal_version
    inner join {{ ref('int_goal_metric_day') }} as metric_days
        on
            goals.metric = metric_days.metric
            and goals.scope_type = metric_days.scope_type
            and scopes.scope_id = metric_days.scope_id
            and metric_days.date_day between goals.start_date and goals.end_date
    group by goals.goal_id, goals.goal_version, metric_days.date_day
),

running as (
    select
        days.*,
        sum(coalesce(daily.numerator, 0)) over so_far as numerator_to_date,
        sum(coalesce(daily.denominator, 0)) over so_far as denominator_to_date,
        days.date_day - days.start_date + 1 as days_elapsed,
        days.end_date - days.start_date + 1 as days_total,
        count(*) filter (where date_part('isodow', days.date_day) <= 5) over so_far as business_days_elapsed
    from days
    left join daily
        on
            days.goal_id = daily.goal_id
            and days.goal_version = daily.goal_version
            and days.date_day = daily.date_day
    window so_far as (
        partition by days.goal_id, days.goal_version order by days.date_day
        rows between unbounded preceding and current row
    )
),

-- The version of the goal that counted on the day.
counted as (
    select
        *,
        cast(days_elapsed as double) / days_total as elapsed_share,
        case
            when not is_measurable then null
            when metric_kind = 'ratio' then {{ safe_divide('numerator_to_date', 'denominator_to_date') }}
            else cast(numerator_to_date as double)
        end as actual
    from running
    where date_day >= counts_from and date_day < counts_until
),

-- Quotients are not exact: a value counts as reached within a billionth of the target.
expected as (
    select
        *,
        1e-9 * greatest(1, abs(target)) as tolerance,
        case
            when metric_kind = 'additive' and target_kind <> 'cap' then target * elapsed_share
            else target
        end as expected_to_date,
        case
            when is_lower_better then actual <= target + tolerance
            else actual >= target - tolerance
        end as is_reached
    from counted
),

rated as (
    select
        *,
        case
            when target_kind = 'cap' and is_reached then 1.0
            when target_kind in ('absolute', 'cap') and is_lower_better then target
            when target_kind in ('absolute', 'cap') then actual
            else actual - baseline
        end as attainment_numerator,
        case
            when target_kind = 'cap' and is_reached then 1.0
            when target_kind in ('absolute', 'cap') and is_lower_better then actual
            when target_kind in ('absolute', 'cap') then target
            else target - baseline
        end as attainment_denominator,
        case
            when is_lower_better then {{ safe_divide('expected_to_date', 'actual') }}
            else {{ safe_divide('actual', 'expected_to_date') }}
        end as pace
    from expected
),

final as (
    select
        goal_id,
        cast(goal_version as bigint) as goal_version,
        date_day,
        goal_name,
        metric,
        metric_kind,
        scope_type,
        scope,
        owner,
        parent_goal_id,
        weight,
        case when is_lower_better then 'decrease' else 'increase' end as direction,
        target_kind,
        case when is_money then '{{ var("reporting_currency") }}' end as currency,
        coalesce(is_rate, false) as is_rate,
        start_date,
        end_date,
        cast(days_elapsed as bigint) as days_elapsed,
        cast(days_total as bigint) as days_total,
        cast(days_total - days_elapsed as bigint) as days_remaining,
        elapsed_share,
        business_days_elapsed,
        baseline,
        target,
        case when is_measurable then cast(numerator_to_date as decimal(18, 2)) end as actual_numerator,
        case when is_measurable and metric_kind = 'ratio' then cast(denominator_to_date as bigint) end
            as actual_denominator,
        actual,
        expected_to_date,
        attainment_numerator,
        attainment_denominator,
        {{ safe_divide('attainment_numerator', 'attainment_denominator') }} as attainment,
        pace,
        case when metric_kind = 'additive' then actual / elapsed_share else actual end as projection,
        case
            when metric_kind = 'additive' and days_total > days_elapsed and actual is not null and target is not null
                then greatest(target - actual, 0) / (days_total - days_elapsed)
        end as required_run_rate,
        case
            when actual is null or target is null then 'no_data'
            when date_day = end_date and is_reached then 'achieved'
            when date_day = end_date then 'missed'
            when target_kind = 'cap' and is_reached then 'on_track'
            when target_kind = 'cap' and metric_kind = 'additive' then 'missed'
            when metric_kind = 'additive' and is_reached and not is_lower_better then 'achieved'
            when metric_kind = 'ratio' and is_reached then 'on_track'
            when metric_kind = 'additive' and is_lower_better and actual = 0 then 'on_track'
            when pace >= {{ var('goal_on_track_from') }} then 'on_track'
            when pace >= {{ var('goal_at_risk_from') }} then 'at_risk'
            else 'behind'
        end as status,
        coalesce(metric_kind = 'ratio' and denominator_to_date < {{ var('min_n') }}, false) as is_low_n,
        is_scope_known,
        date_day = least(end_date, {{ data_as_of() }}) as is_latest,
        {{ data_as_of() }} as data_as_of
    from rated
)

select * from final
