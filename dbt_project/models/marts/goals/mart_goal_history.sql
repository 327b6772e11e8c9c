-- What the metric of each goal came to in its baseline period and in up to twelve earlier periods as long as the goal's
-- own: what a target is measured from, and what it is judged by (R092, R093).
{%- set earlier_periods = 12 %}
with goals as (
    select
        *,
        {{ goal_period_end('goals', 'goals.start_date') }} as first_end
    from {{ ref('int_goal') }} as goals
    where metric_kind is not null
),

-- A period of whole calendar months is compared with whole months, any other with as many days.
sized as (
    select
        *,
        cast(first_end - start_date + 1 as integer) as period_days,
        case
            when start_date = date_trunc('month', start_date) and first_end = last_day(first_end)
                then cast(datediff('month', start_date, first_end) + 1 as integer)
        end as period_months
    from goals
),

windows as (
    select
        goal_id, goal_version, metric, metric_kind, scope_type,
        'baseline' as window_kind, 0 as window_number, baseline_start as window_start, baseline_end as window_end
    from sized
    where baseline_start <= baseline_end
    union all
    select
        sized.goal_id, sized.goal_version, sized.metric, sized.metric_kind, sized.scope_type,
        'earlier', steps.step,
        case
            when sized.period_months is null then sized.start_date - steps.step * sized.period_days
            else cast(sized.start_date - to_months(steps.step * sized.period_months) as date)
        end,
        case
            when sized.period_months is null then sized.start_date - (steps.step - 1) * sized.period_days
            else cast(sized.start_date - to_months((steps.step - 1) * sized.period_months) as date)
        end - 1
    from sized
    cross join (select cast(unnest(range(1, {{ earlier_periods + 1 }})) as integer) as step) as steps
),

metric_days as (
    select * from {{ ref('mart_metric_daily') }}
),

-- Before the first day of its data nobody knows what a metric was; a baseline that the goal names is taken at its word.
first_days as (
    select metric, min(date_day) as first_day
    from metric_days
    where scope_type = 'company'
    group by metric
    union all
    select metrics.metric, min(spans.valid_from)
    from {{ ref('goal_metrics') }} as metrics
    inner join {{ ref('fct_customer_span') }} as spans on metrics.customer_basis = spans.basis
    group by metrics.metric
),

known as (
    select windows.*, scopes.scope_id
    from windows
    inner join first_days
        on
            windows.metric = first_days.metric
            and (windows.window_kind = 'baseline' or windows.window_start >= first_days.first_day)
    inner join {{ ref('int_goal_scope') }} as scopes
        on windows.goal_id = scopes.goal_id and windows.goal_version = scopes.goal_version
    where windows.window_end <= {{ data_as_of() }}
),

sums as (
    select
        metric, scope_type, scope_id, date_day,
        sum(numerator) over so_far as numerator,
        sum(coalesce(denominator, 0)) over so_far as denominator
    from metric_days
    window so_far as (
        partition by metric, scope_type, scope_id order by date_day rows between unbounded preceding and current row
    )
),

-- The sum of a period is what had come together by its end less what had by the day before it.
summed as (
    select
        known.goal_id, known.goal_version, known.window_kind, known.window_number,
        sum(
            coalesce(ends.numerator, 0)
            - case known.metric_kind when 'stock' then 0 else coalesce(starts.numerator, 0) end
        )
            as numerator,
        sum(coalesce(ends.denominator, 0) - coalesce(starts.denominator, 0)) as denominator
    from known
    asof left join sums as ends
        on
            known.metric = ends.metric and known.scope_type = ends.scope_type and known.scope_id = ends.scope_id
            and known.window_end >= ends.date_day
    asof left join sums as starts
        on
            known.metric = starts.metric and known.scope_type = starts.scope_type and known.scope_id = starts.scope_id
            and known.window_start > starts.date_day
    where known.metric_kind <> 'cohort'
    group by known.goal_id, known.goal_version, known.window_kind, known.window_number
),

{{ cohort_members(
    'known', ['goal_id', 'goal_version', 'window_kind', 'window_number', 'window_end'], 'window_start'
) }},

kept as (
    select
        goal_id, goal_version, window_kind, window_number,
        bool_and(counts_kept) as counts_kept,
        count(*) as starters,
        count(*) filter (where exists_at_end) as stayers
    from (
        select
            cohort_members.*,
            exists(
                select 1
                from {{ ref('fct_customer_span') }} as spans
                where
                    cohort_members.basis = spans.basis
                    and cohort_members.customer_id = spans.customer_id
                    and cohort_members.window_end >= spans.valid_from
                    and (spans.valid_to is null or cohort_members.window_end < spans.valid_to)
            ) as exists_at_end
        from cohort_members
    ) as members
    group by goal_id, goal_version, window_kind, window_number
),

measured as (
    select * from summed
    union all
    select
        goal_id, goal_version, window_kind, window_number,
        case when counts_kept then stayers else starters - stayers end,
        starters
    from kept
),

final as (
    select
        windows.goal_id,
        cast(windows.goal_version as bigint) as goal_version,
        windows.window_kind,
        cast(windows.window_number as integer) as window_number,
        windows.window_start,
        windows.window_end,
        cast(measured.numerator as decimal(24, 6)) as numerator,
        cast(case when windows.metric_kind in ('ratio', 'cohort') then measured.denominator end as decimal(24, 6))
            as denominator,
        round(case
            when windows.metric_kind in ('ratio', 'cohort')
                then {{ safe_divide('measured.numerator', 'measured.denominator') }}
            else cast(measured.numerator as double)
        end, 9) as value,
        {{ data_as_of() }} as data_as_of
    from windows
    inner join measured
        on
            windows.goal_id = measured.goal_id
            and windows.goal_version = measured.goal_version
            and windows.window_kind = measured.window_kind
            and windows.window_number = measured.window_number
)

select * from final
