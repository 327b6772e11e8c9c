-- Every goal on every day from its start: what is reached, what should be by now, and how it will end (R092,
-- R094, R095). Of a goal whose target is for each month, the month the day is in.
{%- set z = 1.959963984540054 %}
with periods as (
    select * from {{ ref('dim_goal_period') }}
),

progress as (
    select * from {{ ref('fct_goal_progress') }}
),

-- The version of the goal that counted on the day.
counted as (
    select
        periods.*,
        progress.* exclude (goal_id, goal_version, period_number, data_as_of),
        case
            when periods.pacing = 'seasonal' and progress.season_share is not null then 'seasonal'
            when periods.pacing = 'business' and progress.business_days_total > 0 then 'business'
            else 'calendar'
        end as pacing_used,
        case
            when not periods.is_measurable then null
            when
                periods.metric_kind in ('ratio', 'cohort')
                then {{ safe_divide('progress.numerator', 'progress.denominator') }}
            else cast(progress.numerator as double)
        end as actual,
        -- What the metric was before the period had begun; a mean has no beginning.
        case periods.metric_kind
            when 'additive' then 0.0
            when 'stock' then cast(progress.opening as double)
            when 'cohort' then case periods.default_direction when 'increase' then 1.0 else 0.0 end
        end as start_value
    from progress
    inner join periods
        on
            progress.goal_id = periods.goal_id
            and progress.goal_version = periods.goal_version
            and progress.period_number = periods.period_number
    where progress.date_day >= periods.counts_from and progress.date_day < periods.counts_until
),

paced as (
    select
        * exclude (periods_total),
        periods_total,
        cast(days_elapsed as double) / days_total as elapsed_share,
        case pacing_used
            when 'seasonal' then season_share
            when 'business' then {{ safe_divide('business_days_elapsed', 'business_days_total') }}
            else cast(days_elapsed as double) / days_total
        end as expected_share,
        -- Quotients are not exact: a value counts as reached within a billionth of the target.
        1e-9 * greatest(1, abs(target)) as tolerance
    from counted
),

expected as (
    select
        *,
        case
            when target_kind = 'cap' or start_value is null then target
            else start_value + (target - start_value) * expected_share
        end as expected_to_date,
        case
            when is_lower_better then actual <= target + tolerance
            else actual >= target - tolerance
        end as is_reached,
        -- By what is lost where customers are kept: 98 % kept where 99 % should be is twice the loss.
        case
            when metric_kind = 'cohort' and default_direction = 'increase' then 1 - actual
            else actual
        end as pace_actual
    from paced
),

projected as (
    select
        *,
        case
            when is_lower_better or (metric_kind = 'cohort' and default_direction = 'increase')
                then {{ safe_divide(
                    "case when metric_kind = 'cohort' and default_direction = 'increase' then 1 - expected_to_date"
                    ~ ' else expected_to_date end',
                    'pace_actual'
                ) }}
            else {{ safe_divide('actual', 'expected_to_date') }}
        end as pace,
        case
            when actual is null then null
            when start_value is null then actual
            when expected_share > 0
                then greatest(lowest, least(highest, start_value + (actual - start_value) / expected_share))
        end as projection,
        -- Half the width of the 95 % interval of what is still to come; nothing is on the last day.
        case
            when spread = 'days' and days_elapsed >= 5
                then {{ z }} * sqrt(
                    greatest(0.0, (
                        cast(day_squares as double) - power(cast(numerator as double), 2) / days_elapsed
                    ) / (days_elapsed - 1))
                    * (days_total - days_elapsed) * cast(days_total as double) / days_elapsed
                )
            when spread = 'mean' and denominator >= 5
                then (1 - elapsed_share) * {{ z }} * sqrt(
                    greatest(0.0, (
                        cast(squares as double) - power(cast(numerator as double), 2) / cast(denominator as double)
                    ) / (cast(denominator as double) - 1) / cast(denominator as double))
                )
        end as half_width,
        case
            when spread = 'share' then {{ wilson_bound('numerator', 'denominator', '-') }}
        end as share_low,
        case
            when spread = 'share' then {{ wilson_bound('numerator', 'denominator', '+') }}
        end as share_high
    from expected
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
            when actual is null or target is null then 'no_value'
            when date_day = period_end then 'last_day'
            when target_kind = 'cap' and is_reached then 'under_cap'
            when target_kind = 'cap' and metric_kind = 'additive' then 'over_cap'
            when metric_kind = 'additive' and is_reached and not is_lower_better then 'reached'
            when metric_kind in ('ratio', 'stock') and is_reached then 'reached'
            when metric_kind = 'additive' and is_lower_better and actual = 0 then 'nothing_yet'
            when metric_kind = 'cohort' and pace_actual = 0 then 'nothing_yet'
            when expected_to_date = 0 and not is_lower_better then 'nothing_expected'
            else 'pace'
        end as status_rule
    from projected
),

judged as (
    select
        *,
        case status_rule
            when 'no_value' then 'no_data'
            when 'last_day' then case when is_reached then 'achieved' else 'missed' end
            when 'under_cap' then 'on_track'
            when 'over_cap' then 'missed'
            when 'reached' then case metric_kind when 'additive' then 'achieved' else 'on_track' end
            when 'nothing_yet' then 'on_track'
            when 'nothing_expected' then 'on_track'
            else case
                when pace >= {{ var('goal_on_track_from') }} then 'on_track'
                when pace >= {{ var('goal_at_risk_from') }} then 'at_risk'
                else 'behind'
            end
        end as status
    from rated
),

-- The days on which one version counts in one period follow each other, and only the last of them may end the period:
-- what ended before is the same for all of them. Looking back over every day of every goal would cost half of the mart.
stretches as (
    select
        goal_id,
        goal_version,
        period_number,
        min(date_day) as first_day,
        max(date_day) as last_day,
        count(*) filter (where date_day = period_end) as ended,
        count(*) filter (where date_day = period_end and is_reached) as reached
    from expected
    group by goal_id, goal_version, period_number
),

earlier as (
    select
        goal_id,
        goal_version,
        period_number,
        coalesce(sum(ended) over before, 0) as ended_before,
        coalesce(sum(reached) over before, 0) as reached_before,
        max(last_day) over (partition by goal_id) as latest_day
    from stretches
    window before as (
        partition by goal_id order by first_day rows between unbounded preceding and 1 preceding
    )
),

placed as (
    select
        judged.*,
        cast(earlier.ended_before + cast(judged.date_day = judged.period_end as integer) as bigint) as periods_ended,
        cast(
            earlier.reached_before
            + cast(judged.date_day = judged.period_end and judged.is_reached as integer) as bigint
        ) as periods_reached,
        judged.date_day = earlier.latest_day as is_latest
    from judged
    inner join earlier
        on
            judged.goal_id = earlier.goal_id
            and judged.goal_version = earlier.goal_version
            and judged.period_number = earlier.period_number
),

final as (
    select
        goal_id,
        goal_version,
        date_day,
        goal_name,
        metric,
        coalesce(metric_kind, 'unknown') as metric_kind,
        unit,
        scope_type,
        scope,
        owner,
        parent_goal_id,
        weight,
        case when is_lower_better then 'decrease' else 'increase' end as direction,
        target_kind,
        target_per,
        growth,
        case when is_money then '{{ var("reporting_currency") }}' end as currency,
        is_rate,
        start_date,
        end_date,
        period_number,
        periods_total,
        period_start,
        period_end,
        days_elapsed,
        days_total,
        days_total - days_elapsed as days_remaining,
        elapsed_share,
        business_days_elapsed,
        business_days_total,
        pacing_used,
        expected_share,
        baseline,
        baseline_source,
        target,
        case when is_measurable then cast(numerator as decimal(18, 2)) end as actual_numerator,
        case when is_measurable and metric_kind in ('ratio', 'cohort') then cast(denominator as decimal(18, 2)) end
            as actual_denominator,
        actual,
        expected_to_date,
        attainment_numerator,
        attainment_denominator,
        {{ safe_divide('attainment_numerator', 'attainment_denominator') }} as attainment,
        pace,
        projection,
        -- What never went down so far is not expected to.
        greatest(
            case when spread = 'days' and lowest_day >= 0 and half_width is not null then actual end,
            coalesce(projection - half_width, actual - (actual - share_low) * (1 - elapsed_share))
        ) as projection_low,
        coalesce(projection + half_width, actual + (share_high - actual) * (1 - elapsed_share)) as projection_high,
        case
            when metric_kind = 'additive' and days_total > days_elapsed and actual is not null and target is not null
                then greatest(target - actual, 0) / (days_total - days_elapsed)
        end as required_run_rate,
        status,
        status_rule,
        periods_ended,
        periods_reached,
        case
            when periods_total = 1 or status = 'no_data' then status
            when
                periods_ended = periods_total
                then case when periods_reached = periods_total then 'achieved' else 'missed' end
            when periods_reached < periods_ended then 'behind'
            when status in ('achieved', 'on_track') then 'on_track'
            when status = 'missed' then 'behind'
            else status
        end as goal_status,
        coalesce(
            metric_kind in ('ratio', 'cohort') and denominator < {{ var('min_n') }}
            -- The denominator of a margin is money.
            and not (unit = 'share' and spread is null and metric_kind = 'ratio'),
            false
        ) as is_low_n,
        is_scope_known,
        is_latest,
        data_as_of
    from placed
)

select * from final
