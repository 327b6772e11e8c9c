-- Each version of each goal with the days it counts and with its target worked out.
-- relative_percent and percentage_point are given in percent: 9 is +9 %, 5 is +5 points (R092). The sign comes from the
-- direction, so that "-15" and "15, decrease" mean the same.
with goals as (
    select * from {{ ref('stg_goals') }}
),

metrics as (
    select * from {{ ref('goal_metrics') }}
),

scopes as (
    select * from {{ ref('int_goal_scope') }}
),

versions as (
    select
        goals.*,
        coalesce(metrics.metric_kind, 'unknown') as metric_kind,
        coalesce(metrics.is_money, false) as is_money,
        coalesce(metrics.is_rate, false) as is_rate,
        coalesce(
            goals.direction = 'decrease' or goals.target_kind = 'cap'
            or (goals.direction is null and metrics.default_direction = 'decrease'),
            false
        ) as is_lower_better,
        -- The first version counts from the goal's first day, also when it was written down later.
        case
            when row_number() over (partition by goals.goal_id order by goals.valid_from, goals.goal_version) = 1
                then goals.start_date
            else goals.valid_from
        end as counts_from,
        lead(goals.valid_from, 1, date '9999-12-31') over (
            partition by goals.goal_id order by goals.valid_from, goals.goal_version
        ) as counts_until
    from goals
    left join metrics on goals.metric = metrics.metric
),

measured_baselines as (
    select
        versions.goal_id,
        versions.goal_version,
        sum(days.numerator) as numerator,
        sum(days.denominator) as denominator
    from versions
    inner join scopes on versions.goal_id = scopes.goal_id and versions.goal_version = scopes.goal_version
    inner join {{ ref('int_goal_metric_day') }} as days
        on
            versions.metric = days.metric
            and versions.scope_type = days.scope_type
            and scopes.scope_id = days.scope_id
            and days.date_day between versions.baseline_start and versions.baseline_end
    where versions.baseline_value is null
    group by versions.goal_id, versions.goal_version
),

-- A target in another currency is converted once, with the rate of the goal's first day (G9).
valued as (
    select
        versions.*,
        case
            when not versions.is_money then 1
            when versions.currency is null then 1
            else cast(fx.rate as double)
        end as money_rate,
        cast(versions.target_value as double) as given_target,
        coalesce(
            cast(versions.baseline_value as double)
            * case when versions.is_money and versions.currency is not null then cast(fx.rate as double) else 1 end,
            case versions.metric_kind
                when 'ratio' then {{ safe_divide('measured.numerator', 'measured.denominator') }}
                else cast(measured.numerator as double)
            end
        ) as baseline
    from versions
    left join measured_baselines as measured
        on versions.goal_id = measured.goal_id and versions.goal_version = measured.goal_version
    {{ fx_join('versions.currency', 'versions.start_date') }}
),

-- Rounded to nine decimals, so that 0.80 plus five points is 0.85 and who has 0.85 has reached it.
final as (
    select
        * exclude (baseline),
        round(baseline, 9) as baseline,
        round(case target_kind
            when 'absolute' then given_target * money_rate
            when 'cap' then given_target * money_rate
            when 'relative_percent'
                then baseline * (1 + case when is_lower_better then -1 else 1 end * abs(given_target) / 100)
            when 'percentage_point'
                then case
                    when is_rate
                        then baseline + case when is_lower_better then -1 else 1 end * abs(given_target) / 100
                end
            when 'delta'
                then baseline + case when is_lower_better then -1 else 1 end * abs(given_target) * money_rate
        end, 9) as target
    from valued
)

select * from final
