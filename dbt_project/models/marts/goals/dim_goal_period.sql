-- Each version of each goal with the periods its target is for and what is to be reached in each (R092): the whole
-- goal, or every day, week, month, quarter or year of it (target_per). relative_percent and percentage_point are given
-- in percent: 9 is +9 %, 5 is +5 points. The sign comes from the direction: "-15" and "15, decrease" mean the same.
with versions as (
    select * from {{ ref('int_goal') }}
),

history as (
    select * from {{ ref('mart_goal_history') }}
),

-- Where a goal says neither a baseline nor its period, the period before it is what it is measured from. A target in
-- another currency is converted once, with the rate of the goal's first day (G9).
based as (
    select
        versions.*,
        case
            when versions.baseline_value is not null then 'given'
            when versions.baseline_start is not null then 'measured'
            when versions.target_kind in ('relative_percent', 'percentage_point', 'delta') then 'period before'
        end as baseline_source,
        case when versions.is_money and versions.currency is not null then cast(fx.rate as double) else 1 end
            as money_rate,
        case
            when versions.baseline_value is null and versions.baseline_start is not null then measured.value
            when
                versions.baseline_value is null
                and versions.target_kind in ('relative_percent', 'percentage_point', 'delta')
                then before.value
        end as baseline_measured
    from versions
    left join history as measured
        on
            versions.goal_id = measured.goal_id
            and versions.goal_version = measured.goal_version
            and measured.window_kind = 'baseline'
    left join history as before
        on
            versions.goal_id = before.goal_id
            and versions.goal_version = before.goal_version
            and before.window_kind = 'earlier'
            and before.window_number = 1
    {{ fx_join('versions.currency', 'versions.start_date') }}
),

with_periods as (
    select * from based
    where target_per is not null
),

goal_days as (
    {{ days_from('with_periods', 'start_date', 'end_date') }}
),

firsts as (
    select goal_id, goal_version, start_date as period_start
    from based
    where target_per is null
    union all
    select distinct
        goal_id,
        goal_version,
        greatest(start_date, cast(case target_per
            when 'week' then date_trunc('week', date_day)
            when 'month' then date_trunc('month', date_day)
            when 'quarter' then date_trunc('quarter', date_day)
            when 'year' then date_trunc('year', date_day)
            else date_day
        end as date))
    from goal_days
    where target_per <> 'business_day' or date_part('isodow', date_day) <= 5
),

periods as (
    select
        based.* exclude (baseline_measured),
        coalesce(cast(based.baseline_value as double) * based.money_rate, based.baseline_measured) as baseline,
        firsts.period_start,
        {{ goal_period_end('based', 'firsts.period_start') }} as period_end,
        cast(row_number() over whole_goal as integer) as period_number,
        cast(count(*) over (partition by based.goal_id, based.goal_version) as integer) as periods_total
    from based
    inner join firsts on based.goal_id = firsts.goal_id and based.goal_version = firsts.goal_version
    window whole_goal as (partition by based.goal_id, based.goal_version order by firsts.period_start)
),

-- Compound growth is on the period before, so that the third month of +9 % is 1.09 x 1.09 x 1.09 of the baseline; other
-- growth is on the baseline in every period.
steps as (
    select
        *,
        case when growth = 'compound' then period_number else 1 end as growth_steps,
        cast(target_value as double) as target_given,
        case when is_lower_better then -1 else 1 end * abs(cast(target_value as double)) as change_wanted
    from periods
),

-- Rounded to nine decimals, so that 0.80 plus five points is 0.85 and who has 0.85 has reached it.
final as (
    select
        goal_id,
        cast(goal_version as bigint) as goal_version,
        period_number,
        period_start,
        period_end,
        periods_total,
        counts_from,
        counts_until,
        goal_name,
        metric,
        metric_kind,
        spread,
        unit,
        is_money,
        is_rate,
        scope_type,
        scope,
        is_scope_known,
        is_measurable,
        owner,
        parent_goal_id,
        cast(weight as double) as weight,
        is_lower_better,
        default_direction,
        lowest,
        highest,
        target_kind,
        target_value as given_target,
        currency as given_currency,
        target_per,
        growth,
        pacing,
        cadence,
        start_date,
        end_date,
        baseline_source,
        baseline_start,
        baseline_end,
        round(baseline, 9) as baseline,
        round(case target_kind
            when 'absolute' then target_given * money_rate
            when 'cap' then target_given * money_rate
            when 'relative_percent' then baseline * power(1 + change_wanted / 100, growth_steps)
            when 'percentage_point' then case when is_rate then baseline + growth_steps * change_wanted / 100 end
            when 'delta' then baseline + growth_steps * change_wanted * money_rate
        end, 9) as target,
        {{ data_as_of() }} as data_as_of
    from steps
)

select * from final
