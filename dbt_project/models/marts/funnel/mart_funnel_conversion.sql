-- Every conversion of the funnel as numerator and denominator: by cohort of those who entered, by period, and as stocks
-- at the end of the month (R026, R030-R032, R034, R035, R039). Cut by one dimension at a time.
with entries as (
    {{ funnel_entries() }}
),

pairs as (
    select * from {{ ref('conversion_pairs') }}
),

standing as (
    select entity_type, entity_id, stage_type = 'open' as is_open
    from {{ ref('fct_stage_interval') }}
    where is_current
),

members as (
    select
        pairs.metric,
        starts.*,
        cast(date_trunc('month', starts.entered_on) as date) as month_start,
        ends.entered_on - starts.entered_on as days_taken,
        coalesce(standing.is_open, false) as is_open
    from pairs
    inner join entries as starts on pairs.entity_type = starts.entity_type and pairs.from_stage = starts.stage
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

windows as (
    select cast(unnest([30, 60, 90, 180, 365, null]) as bigint) as window_days
),

cohorts as (
    select
        members_cut.metric,
        'cohort' as basis,
        members_cut.month_start,
        windows.window_days,
        members_cut.dimension_type,
        members_cut.dimension_value,
        count(*) filter (
            where days_taken is not null and (window_days is null or days_taken <= window_days)
        ) as numerator,
        count(*) as denominator,
        -- Who may still convert in time: not converted, not ended, window still running.
        count(*) filter (
            where
            days_taken is null
            and is_open
            and (window_days is null or date_diff('day', entered_on, {{ data_as_of() }}) < window_days)
        ) as n_open,
        sum(amount_reporting) filter (
            where days_taken is not null and (window_days is null or days_taken <= window_days)
        ) as numerator_amount,
        sum(amount_reporting) as denominator_amount
    from members_cut
    cross join windows
    group by all
),

entries_cut as (
    {{ by_dimension('entries') }}
),

-- Who came in and who went on in the same month need not be the same people.
period_counts as (
    select
        pairs.metric,
        cast(date_trunc('month', entries_cut.entered_on) as date) as month_start,
        entries_cut.dimension_type,
        entries_cut.dimension_value,
        count(*) filter (where entries_cut.stage = pairs.to_stage) as numerator,
        count(*) filter (where entries_cut.stage = pairs.from_stage) as denominator,
        sum(entries_cut.amount_reporting) filter (where entries_cut.stage = pairs.to_stage) as numerator_amount,
        sum(entries_cut.amount_reporting) filter (where entries_cut.stage = pairs.from_stage) as denominator_amount
    from entries_cut
    inner join pairs
        on
            entries_cut.entity_type = pairs.entity_type
            and entries_cut.stage in (pairs.from_stage, pairs.to_stage)
    group by all
),

closed as (
    select
        status,
        amount_reporting,
        cast(date_trunc('month', closed_on) as date) as month_start,
        channel,
        coalesce(origin_campaign_id, '(none)') as campaign_id,
        source,
        region,
        coalesce(nullif(trim(segment), ''), 'Unknown') as segment,
        rep_name as owner,
        team
    from {{ ref('int_opportunity') }}
    where status in ('won', 'lost')
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
    select cells.*, cast(month_value as date) as month_start
    from cells
    cross join lateral unnest(
        generate_series(cells.first_month, {{ data_as_of() }}, interval 1 month)
    ) as series (month_value)
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

counted as (
    select * from cohorts
    union all
    select
        metric, 'period', month_start, null, dimension_type, dimension_value, numerator, denominator, null,
        numerator_amount, denominator_amount
    from period_counts
    union all
    select
        'win_rate', 'period', month_start, null, dimension_type, dimension_value, numerator, denominator, null,
        numerator_amount, denominator_amount
    from win_counts
    union all
    select
        metric, 'snapshot', month_start, null, dimension_type, dimension_value, numerator, denominator, null, null, null
    from snapshots
),

named as (
    select * from pairs
    union all
    select 'win_rate', 'opportunity', 'Closed', 'Won', 'headline'
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
        cast(counted.n_open as bigint) as n_open,
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
