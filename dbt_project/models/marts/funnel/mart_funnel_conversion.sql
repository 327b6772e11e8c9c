-- Every conversion of the funnel as numerator and denominator: by cohort of those who entered, by period, and as stocks
-- at the end of the month (R026-R035, R039). Cut by one dimension at a time.
with left_out as (
    select opportunity_id from {{ ref('int_opportunity') }}
    where not counts_in_win_rate
),

-- Deals that win rates leave out are left out of the won of all created, too, nor of its steps (R032).
entries as (
    select entered.*
    from ({{ funnel_entries() }}) as entered
    left join left_out on entered.entity_type = 'opportunity' and entered.entity_id = left_out.opportunity_id
    where left_out.opportunity_id is null
),

-- Steps that somebody was recorded in. One that a pipeline does not have is no step of its funnel: 0 of all leads
-- would say that all of them fail there, and imputed entries that all of them pass.
taken_steps as (
    select entity_type, stage
    from entries
    group by entity_type, stage
    having count(recorded_at) > 0 or bool_or(not is_imputed)
),

pairs as (
    select pairs.*
    from {{ ref('conversion_pairs') }} as pairs
    inner join taken_steps as starts on pairs.entity_type = starts.entity_type and pairs.from_stage = starts.stage
    left join taken_steps as ends on pairs.entity_type = ends.entity_type and pairs.to_stage = ends.stage
    where
        ends.stage is not null
        -- What every funnel leads to is 0 as long as nobody got there.
        or pairs.to_stage in (
            'Customer', 'Won', 'Purchased', 'Retained', 'Churned', 'Subscription kept', 'Subscription ended'
        )
),

-- CRMs whose history does not tell who passed one of the two steps: never pooled with those that do.
untold_pairs as (
    select distinct pairs.metric, history.source, history.pipeline
    from pairs
    inner join {{ ref('int_step_history') }} as history
        on pairs.entity_type = history.entity_type and history.stage in (pairs.from_stage, pairs.to_stage)
    where not history.has_history
),

standing as (
    select entity_type, entity_id, stage_type
    from {{ ref('fct_stage_interval') }}
    where is_current
),

members as (
    select
        pairs.metric,
        starts.*,
        cast(date_trunc('month', starts.entered_on) as date) as month_start,
        case when untold_pairs.metric is null then ends.entered_on - starts.entered_on end as days_taken,
        case
            when untold_pairs.metric is null and starts.recorded_at <= ends.recorded_at
                then {{ business_day('ends.recorded_at') }} - {{ business_day('starts.recorded_at') }}
        end as days_taken_strict,
        untold_pairs.metric is null as is_told,
        -- A customer's next steps are those of a customer.
        untold_pairs.metric is null
        and coalesce(
            standing.stage_type = 'open'
            or (pairs.from_stage in {{ customer_stages() }} and standing.stage_type = 'won'), false
        ) as is_open
    from pairs
    inner join entries as starts on pairs.entity_type = starts.entity_type and pairs.from_stage = starts.stage
    left join untold_pairs
        on
            pairs.metric = untold_pairs.metric
            and starts.source = untold_pairs.source
            and starts.pipeline = untold_pairs.pipeline
    left join entries as ends
        on
            starts.entity_type = ends.entity_type
            and starts.entity_id = ends.entity_id
            and pairs.to_stage = ends.stage
            and starts.entered_at <= ends.entered_at
    left join standing on starts.entity_type = standing.entity_type and starts.entity_id = standing.entity_id
),

members_cut as (
    {{ by_dimension('members') }}
),

-- One row per cohort with a column per window; the windows become rows only then, since members are many.
cohort_sums as (
    select
        metric,
        month_start,
        dimension_type,
        dimension_value,
        count(*) filter (where is_told) as denominator,
        sum(amount_reporting) filter (where is_told) as denominator_amount,
        count(recorded_at) filter (where is_told) as denominator_strict,
        count(*) filter (where not is_told) as n_without_history,
        {{ counts_in_windows() }}
    from members_cut
    group by metric, month_start, dimension_type, dimension_value
),

cohorts as (
    {%- for days in cohort_windows() %}
        select
            metric, 'cohort' as basis, month_start, cast({{ days or 'null' }} as bigint) as window_days,
            dimension_type, dimension_value,
            numerator_{{ days }} as numerator, denominator, open_{{ days }} as n_open,
            amount_{{ days }} as numerator_amount, denominator_amount,
            strict_{{ days }} as numerator_strict, denominator_strict, n_without_history
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

entries_cut as (
    {{ by_dimension('entries') }}
),

monthly_entries as (
    select
        entity_type,
        stage,
        source,
        pipeline,
        cast(date_trunc('month', entered_on) as date) as month_start,
        dimension_type,
        dimension_value,
        count(*) as entered,
        sum(amount_reporting) as amount
    from entries_cut
    group by all
),

paired_entries as (
    select
        pairs.metric, pairs.from_stage, pairs.to_stage, monthly_entries.*, untold_pairs.metric is null as is_told
    from monthly_entries
    inner join pairs
        on
            monthly_entries.entity_type = pairs.entity_type
            and monthly_entries.stage in (pairs.from_stage, pairs.to_stage)
    left join untold_pairs
        on
            pairs.metric = untold_pairs.metric
            and monthly_entries.source = untold_pairs.source
            and monthly_entries.pipeline = untold_pairs.pipeline
),

-- Who came in and who went on in the same month need not be the same people.
period_counts as (
    select
        metric,
        month_start,
        dimension_type,
        dimension_value,
        coalesce(sum(entered) filter (where stage = to_stage and is_told), 0) as numerator,
        coalesce(sum(entered) filter (where stage = from_stage and is_told), 0) as denominator,
        sum(amount) filter (where stage = to_stage and is_told) as numerator_amount,
        sum(amount) filter (where stage = from_stage and is_told) as denominator_amount,
        coalesce(sum(entered) filter (where stage = from_stage and not is_told), 0) as n_without_history
    from paired_entries
    group by metric, month_start, dimension_type, dimension_value
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
    {{ by_dimension('closed') }}
),

-- The win rate: won of all closed, by close date (R032).
win_counts as (
    select
        month_start,
        dimension_type,
        dimension_value,
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
    select worked.month_start, 0 as is_new_account, 1 as is_worked, deals.*
    from worked
    inner join deals on worked.opportunity_id = deals.opportunity_id
    union all
    -- Of CRMs whose activities are not known nobody can say what was worked (G3).
    select cast(date_trunc('month', closed_on) as date), 1, 0, deals.*
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
    {{ by_dimension('efforts') }}
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
        'worked_to_new_account' as metric, 'period' as basis, month_start, dimension_type, dimension_value,
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
