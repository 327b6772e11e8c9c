-- Every conversion of the funnel as numerator and denominator: by cohort of those who entered, by period, and as stocks
-- at the end of the month (R026-R035, R039). Cut by one dimension at a time and by the pairs of funnel_dimension_pairs.
{%- set cut = 'dimension_type, dimension_value, dimension_value_2' %}
with members as (
    select * from {{ ref('fct_funnel_member') }}
),

steps as (
    select * from {{ ref('int_funnel_step') }}
),

pairs as (
    select distinct metric, entity_type, from_stage, to_stage, pair_kind from steps
),

-- Members that have every dimension in common are counted once, then cut: there are fewer of such cells.
member_cells as (
    select
        metric, month_start, channel, campaign_id, source, region, segment, owner, team,
        count(*) filter (where is_told) as denominator,
        sum(amount_reporting) filter (where is_told) as denominator_amount,
        count(recorded_at) filter (where is_told) as denominator_strict,
        count(*) filter (where not is_told) as n_without_history,
        {{ counts_in_windows() }}
    from members
    group by all
),

members_cut as (
    {{ by_dimension('member_cells', pairs=true) }}
),

-- One row per cohort with a column per window; the windows become rows only then.
cohort_sums as (
    select
        metric, month_start, {{ cut }},
        sum(denominator) as denominator,
        sum(denominator_amount) as denominator_amount,
        sum(denominator_strict) as denominator_strict,
        sum(n_without_history) as n_without_history,
        {{ sums_in_windows() }}
    from members_cut
    group by metric, month_start, {{ cut }}
),

cohorts as (
    {%- for days in cohort_windows() %}
        {%- set name = days or 'ever' %}
        select
            metric, 'cohort' as basis, month_start, cast({{ days or 'null' }} as bigint) as window_days,
            {{ cut }},
            numerator_{{ name }} as numerator, denominator, open_{{ name }} as n_open,
            amount_{{ name }} as numerator_amount, denominator_amount,
            strict_{{ name }} as numerator_strict, denominator_strict, n_without_history
        from cohort_sums
        -- Nobody can be retained sooner than it takes by definition: 0 of all would say something else.
        where
            coalesce({{ days or 'null' }}, 9999) >= {{ var('retained_after_days') }}
            or metric not in (
                select pairs.metric from pairs
                where pairs.to_stage = 'Retained'
            )
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

entry_cells as (
    select
        entity_type, stage, pipeline, channel, campaign_id, source, region, segment, owner, team,
        cast(date_trunc('month', entered_on) as date) as month_start,
        count(*) as entered,
        sum(amount_reporting) as amount
    from {{ ref('int_funnel_entry') }}
    where is_counted
    group by all
),

entries_cut as (
    {{ by_dimension('entry_cells', pairs=true) }}
),

monthly_entries as (
    select
        entity_type, stage, source, pipeline, month_start, {{ cut }},
        sum(entered) as entered,
        sum(amount) as amount
    from entries_cut
    group by entity_type, stage, source, pipeline, month_start, {{ cut }}
),

-- Who came in and who went on in the same month need not be the same people.
period_counts as (
    select
        steps.metric,
        month_start,
        {{ cut }},
        coalesce(sum(entered) filter (where stage = to_stage and is_told), 0) as numerator,
        coalesce(sum(entered) filter (where stage = from_stage and is_told), 0) as denominator,
        sum(amount) filter (where stage = to_stage and is_told) as numerator_amount,
        sum(amount) filter (where stage = from_stage and is_told) as denominator_amount,
        coalesce(sum(entered) filter (where stage = from_stage and not is_told), 0) as n_without_history
    from monthly_entries
    inner join steps
        on
            monthly_entries.entity_type = steps.entity_type
            and monthly_entries.stage in (steps.from_stage, steps.to_stage)
            and monthly_entries.source = steps.source
            and monthly_entries.pipeline = steps.pipeline
    group by steps.metric, month_start, {{ cut }}
    having bool_or(is_told or stage = from_stage)
),

deals as (
    select
        opportunity_id,
        status,
        closed_on,
        is_new_account,
        is_in_win_rate,
        amount_reporting,
        channel,
        coalesce(origin_campaign_id, '(none)') as campaign_id,
        source,
        region,
        coalesce(nullif(trim(segment), ''), 'Unknown') as segment,
        rep_name as owner,
        team
    from {{ ref('int_opportunity') }}
    where not is_refund and sale_kind = 'deal'
),

closed as (
    select *, cast(date_trunc('month', closed_on) as date) as month_start
    from deals
    where is_in_win_rate
),

closed_cut as (
    {{ by_dimension('closed', pairs=true) }}
),

-- The win rate: won of all closed, by close date (R032).
win_counts as (
    select
        month_start,
        {{ cut }},
        count(*) filter (where status = 'won') as numerator,
        count(*) as denominator,
        sum(amount_reporting) filter (where status = 'won') as numerator_amount,
        sum(amount_reporting) as denominator_amount
    from closed_cut
    group by all
),

intervals as (
    select
        entity_type, stage, entered_on, left_on,
        channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('fct_stage_interval') }}
    where not is_imputed
),

flows as (
    select *, entered_on as moved_on, 1 as moved
    from intervals
    union all
    select *, left_on, -1
    from intervals
    where left_on is not null
),

flows_cut as (
    {{ by_dimension('flows') }}
),

monthly_flows as (
    select
        entity_type,
        stage,
        dimension_type,
        dimension_value,
        cast(date_trunc('month', moved_on) as date) as month_start,
        sum(moved) as moved
    from flows_cut
    group by all
),

cells as (
    select entity_type, stage, dimension_type, dimension_value, min(month_start) as first_month
    from monthly_flows
    group by all
),

months as (
    select
        entity_type, stage, dimension_type, dimension_value,
        cast(unnest(generate_series(first_month, {{ data_as_of() }}, interval 1 month)) as date) as month_start
    from cells
),

stocks as (
    select
        months.*,
        sum(coalesce(monthly_flows.moved, 0)) over (
            partition by months.entity_type, months.stage, months.dimension_type, months.dimension_value
            order by months.month_start
            rows between unbounded preceding and current row
        ) as stock
    from months
    left join monthly_flows
        on
            months.entity_type = monthly_flows.entity_type
            and months.stage = monthly_flows.stage
            and months.dimension_type = monthly_flows.dimension_type
            and months.dimension_value = monthly_flows.dimension_value
            and months.month_start = monthly_flows.month_start
),

snapshots as (
    select
        pairs.metric,
        stocks.month_start,
        stocks.dimension_type,
        stocks.dimension_value,
        coalesce(sum(stocks.stock) filter (where stocks.stage = pairs.to_stage), 0) as numerator,
        coalesce(sum(stocks.stock) filter (where stocks.stage = pairs.from_stage), 0) as denominator
    from stocks
    inner join pairs
        on stocks.entity_type = pairs.entity_type and stocks.stage in (pairs.from_stage, pairs.to_stage)
    where pairs.pair_kind = 'adjacent'
    group by all
    having sum(abs(stocks.stock)) > 0
),

visit_counts as (
    {{ visit_counts() }}
),

-- Deals somebody did something about in the month, and companies won in it (R033).
worked as (
    select distinct
        what_id as opportunity_id,
        cast(date_trunc('month', activity_on) as date) as month_start
    from {{ ref('int_activity') }}
    where activity_on <= {{ data_as_of() }}
),

efforts as (
    select worked.month_start, 0 as is_new_account, 1 as is_worked, deals.* exclude (is_new_account)
    from worked
    inner join deals on worked.opportunity_id = deals.opportunity_id
    union all
    -- Of CRMs whose activities are not known nobody can say what was worked (G3).
    select cast(date_trunc('month', closed_on) as date), 1, 0, deals.* exclude (is_new_account)
    from deals
    where
        deals.is_new_account
        and deals.source in (
            select known.source
            from worked
            inner join deals as known on worked.opportunity_id = known.opportunity_id
        )
),

efforts_cut as (
    {{ by_dimension('efforts', pairs=true) }}
),

counted as (
    select * from cohorts
    union all by name
    select *, 'period' as basis from period_counts
    union all by name
    select *, 'period' as basis, 'win_rate' as metric from win_counts
    union all by name
    select *, 'snapshot' as basis from snapshots
    union all by name
    select
        metric, 'period' as basis, month_start, 'channel' as dimension_type, channel as dimension_value, numerator,
        denominator
    from visit_counts
    where 'channel' in ({{ "'" ~ var('funnel_dimensions') | join("', '") ~ "'" }})
    union all by name
    select
        metric, 'period' as basis, month_start, 'all' as dimension_type, 'all' as dimension_value,
        sum(numerator) as numerator, sum(denominator) as denominator
    from visit_counts
    where metric = 'session_to_lead'
    group by all
    union all by name
    select
        'worked_to_new_account' as metric, 'period' as basis, month_start, {{ cut }},
        sum(is_new_account) as numerator, sum(is_worked) as denominator
    from efforts_cut
    group by all
),

named as (
    select * from pairs
    union all
    select 'win_rate', 'opportunity', 'Closed', 'Won', 'headline'
    union all
    select 'session_to_lead', 'person', 'Session', 'Lead', 'headline'
    union all
    select 'visitor_to_lead', 'person', 'Visitor', 'Lead', 'headline'
    union all
    select 'worked_to_new_account', 'opportunity', 'Worked', 'New account', 'headline'
),

final as (
    select
        counted.metric,
        named.entity_type,
        named.from_stage,
        named.to_stage,
        named.pair_kind,
        counted.basis,
        counted.month_start,
        counted.window_days,
        counted.dimension_type,
        counted.dimension_value,
        counted.dimension_value_2,
        cast(counted.numerator as bigint) as numerator,
        cast(counted.denominator as bigint) as denominator,
        case when counted.basis = 'cohort' then {{ safe_divide('counted.numerator', 'counted.denominator') }} end
            as conversion_rate_cohort,
        case when counted.basis = 'period' then {{ safe_divide('counted.numerator', 'counted.denominator') }} end
            as conversion_rate_period,
        case when counted.basis = 'snapshot' then {{ safe_divide('counted.numerator', 'counted.denominator') }} end
            as conversion_rate_snapshot,
        case
            when counted.basis = 'cohort' or counted.metric = 'win_rate'
                then {{ wilson_bound('counted.numerator', 'counted.denominator', '-') }}
        end as conversion_rate_low,
        case
            when counted.basis = 'cohort' or counted.metric = 'win_rate'
                then {{ wilson_bound('counted.numerator', 'counted.denominator', '+') }}
        end as conversion_rate_high,
        cast(counted.numerator_strict as bigint) as numerator_strict,
        cast(counted.denominator_strict as bigint) as denominator_strict,
        {{ safe_divide('counted.numerator_strict', 'counted.denominator_strict') }} as conversion_rate_strict_cohort,
        cast(counted.n_open as bigint) as n_open,
        cast(counted.n_without_history as bigint) as n_without_history,
        case
            when counted.basis <> 'cohort' then null
            when counted.window_days is null then counted.n_open = 0
            else date_diff('day', last_day(counted.month_start), {{ data_as_of() }}) >= counted.window_days
        end as is_mature,
        counted.denominator < {{ var('min_n') }} as is_low_n,
        cast(counted.numerator_amount as decimal(18, 2)) as numerator_amount,
        cast(counted.denominator_amount as decimal(18, 2)) as denominator_amount,
        {{ data_as_of() }} as data_as_of
    from counted
    inner join named on counted.metric = named.metric
)

select * from final
