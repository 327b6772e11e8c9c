-- Where the funnel leaks or slows down (R045, R046) and whether it got faster (R050): the newest complete cohorts of
-- each step against the step's own past and against its peers, with confidence intervals to leave out noise.
{%- set window = var('bottleneck_window_days') %}
{%- set cell = 'metric, dimension_type, dimension_value' %}
with periods as (
    select
        newest_month - interval ({{ var('bottleneck_recent_months') }} - 1) month as recent_from,
        newest_month as recent_to,
        newest_month
        - interval ({{ var('bottleneck_recent_months') }} + {{ var('bottleneck_baseline_months') }} - 1) month
            as baseline_from
    from (
        -- The newest month whose last members have had the whole window (G6).
        select
            date_trunc('month', {{ data_as_of() }} - interval ({{ window }} - 1) day) - interval 1 month as newest_month
    ) as months
),

steps as (
    select * from {{ ref('conversion_pairs') }}
    where pair_kind = 'adjacent'
),

cohorts as (
    select
        conversions.metric,
        conversions.dimension_type,
        conversions.dimension_value,
        conversions.numerator,
        conversions.denominator,
        conversions.month_start >= periods.recent_from as is_recent
    from {{ ref('mart_funnel_conversion') }} as conversions
    cross join periods
    where
        conversions.basis = 'cohort'
        and conversions.pair_kind = 'adjacent'
        and conversions.dimension_type not like '% x %'
        and conversions.window_days = {{ window }}
        and conversions.month_start between periods.baseline_from and periods.recent_to
),

own_counts as (
    select
        {{ cell }},
        coalesce(sum(numerator) filter (where is_recent), 0) as recent_numerator,
        coalesce(sum(denominator) filter (where is_recent), 0) as recent_denominator,
        coalesce(sum(numerator) filter (where not is_recent), 0) as baseline_numerator,
        coalesce(sum(denominator) filter (where not is_recent), 0) as baseline_denominator
    from cohorts
    group by all
),

-- The peers of a channel are the other channels, and so on; the whole has none.
counts as (
    select
        own_counts.*,
        case when own_counts.dimension_type <> 'all' then wholes.recent_numerator - own_counts.recent_numerator end
            as peers_numerator,
        case when own_counts.dimension_type <> 'all' then wholes.recent_denominator - own_counts.recent_denominator end
            as peers_denominator
    from own_counts
    inner join own_counts as wholes on own_counts.metric = wholes.metric and wholes.dimension_type = 'all'
),

-- What one more arrival in a stage has been worth so far: won revenue of all who ever came in.
arrivals as (
    select intervals.entity_type, intervals.stage, journeys.won_amount_reporting as won_amount
    from {{ ref('fct_stage_interval') }} as intervals
    inner join {{ ref('mart_lead_journey') }} as journeys on intervals.entity_id = journeys.person_id
    where intervals.entity_type = 'person' and intervals.entry_number = 1
    union all
    select
        intervals.entity_type, intervals.stage,
        case when deals.status = 'won' then coalesce(deals.amount_reporting, 0) else 0 end
    from {{ ref('fct_stage_interval') }} as intervals
    inner join {{ ref('int_opportunity_base') }} as deals on intervals.opportunity_id = deals.opportunity_id
    where intervals.entity_type = 'opportunity' and intervals.entry_number = 1
),

arrival_values as (
    select
        entity_type, stage,
        cast({{ safe_divide('sum(won_amount)', 'count(*)') }} as decimal(18, 2)) as value_per_conversion
    from arrivals
    group by all
),

judged as (
    select
        steps.*,
        counts.* exclude (metric),
        {{ safe_divide('counts.recent_numerator', 'counts.recent_denominator') }} as recent_rate,
        {{ safe_divide('counts.baseline_numerator', 'counts.baseline_denominator') }} as baseline_rate,
        {{ safe_divide('counts.peers_numerator', 'counts.peers_denominator') }} as peers_rate,
        {{ difference_bound(
            'counts.recent_numerator', 'counts.recent_denominator',
            'counts.baseline_numerator', 'counts.baseline_denominator', '+'
        ) }} as baseline_difference_high,
        {{ difference_bound(
            'counts.recent_numerator', 'counts.recent_denominator',
            'counts.baseline_numerator', 'counts.baseline_denominator', '-'
        ) }} as baseline_difference_low,
        {{ difference_bound(
            'counts.recent_numerator', 'counts.recent_denominator',
            'counts.peers_numerator', 'counts.peers_denominator', '+'
        ) }} as peers_difference_high,
        {{ difference_bound(
            'counts.recent_numerator', 'counts.recent_denominator',
            'counts.peers_numerator', 'counts.peers_denominator', '-'
        ) }} as peers_difference_low,
        counts.recent_denominator < {{ var('min_n') }} as is_recent_low_n,
        counts.baseline_denominator < {{ var('min_n') }} as is_baseline_low_n,
        coalesce(counts.peers_denominator, 0) < {{ var('min_n') }} as is_peers_low_n,
        arrival_values.value_per_conversion
    from counts
    inner join steps on counts.metric = steps.metric
    left join arrival_values
        on steps.entity_type = arrival_values.entity_type and steps.to_stage = arrival_values.stage
),

-- Against the better of what it was and what the others are.
compared as (
    select
        *,
        greatest(baseline_rate, peers_rate) as reference_rate,
        coalesce(not is_recent_low_n and not is_baseline_low_n and baseline_difference_high < 0, false)
            as is_below_baseline,
        coalesce(not is_recent_low_n and not is_peers_low_n and peers_difference_high < 0, false) as is_below_peers
    from judged
),

valued as (
    select
        *,
        {{ safe_divide('recent_rate', 'reference_rate') }} as relative_conversion,
        is_below_baseline or is_below_peers as is_leak,
        greatest(reference_rate * recent_denominator - recent_numerator, 0) as lost_conversions,
        cast(
            greatest(reference_rate * recent_denominator - recent_numerator, 0) * value_per_conversion
            as decimal(18, 2)
        ) as lost_value
    from compared
),

-- Time in the stage. Who is still there counts with the age so far: at least as long as that, so that the ones who are
-- stuck are not left out. Skipped stages took no time that anybody measured.
stays as (
    select
        steps.metric,
        intervals.days_in_stage,
        intervals.is_over_sla,
        coalesce(intervals.outcome in ('forward', 'won') and intervals.days_in_stage <= {{ window }}, false)
            as is_move,
        intervals.entered_on >= periods.recent_from as is_recent,
        intervals.channel,
        intervals.campaign_id,
        intervals.source,
        intervals.region,
        intervals.segment,
        intervals.rep_name as owner,
        intervals.team
    from {{ ref('fct_stage_interval') }} as intervals
    inner join steps on intervals.entity_type = steps.entity_type and intervals.stage = steps.from_stage
    cross join periods
    where
        not intervals.is_imputed
        and intervals.entered_on >= periods.baseline_from
        and intervals.entered_on < periods.recent_to + interval 1 month
),

stays_cut as (
    {{ by_dimension('stays') }}
),

dwells as (
    select
        {{ cell }},
        count(*) filter (where is_recent) as recent_stays,
        count(*) filter (where not is_recent) as baseline_stays,
        median(days_in_stage) filter (where is_recent) as recent_dwell_median,
        median(days_in_stage) filter (where not is_recent) as baseline_dwell_median,
        count(is_over_sla) filter (where is_recent) as recent_stays_with_sla,
        count(is_over_sla) filter (where not is_recent) as baseline_stays_with_sla,
        count(*) filter (where is_recent and is_over_sla) as recent_over_sla,
        count(*) filter (where not is_recent and is_over_sla) as baseline_over_sla,
        count(*) filter (where is_recent and is_move) as recent_moves,
        count(*) filter (where not is_recent and is_move) as baseline_moves,
        quantile_disc(days_in_stage, 0.5) filter (where is_recent and is_move) as recent_days_to_next_median,
        quantile_disc(days_in_stage, 0.5) filter (where not is_recent and is_move) as baseline_days_to_next_median
    from stays_cut
    group by all
),

-- Mood's median test: how many stays are longer than the median of the past, now and then.
longer as (
    select
        stays_cut.metric,
        stays_cut.dimension_type,
        stays_cut.dimension_value,
        count(*) filter (where stays_cut.is_recent and days_in_stage > baseline_dwell_median) as recent_longer,
        count(*) filter (where not stays_cut.is_recent and days_in_stage > baseline_dwell_median) as baseline_longer
    from stays_cut
    inner join dwells using ({{ cell }})
    group by all
),

-- Did it get faster, or are others in it? The new moves weighted so that the channels are mixed as they used to be.
channel_weights as (
    select
        {{ cell }}, channel,
        cast(count(*) filter (where not is_recent) as double) / nullif(count(*) filter (where is_recent), 0) as weight
    from stays_cut
    where is_move
    group by all
),

weighted as (
    select
        stays_cut.metric,
        stays_cut.dimension_type,
        stays_cut.dimension_value,
        stays_cut.days_in_stage,
        sum(channel_weights.weight) over (
            partition by stays_cut.metric, stays_cut.dimension_type, stays_cut.dimension_value
            order by stays_cut.days_in_stage, stays_cut.channel
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(channel_weights.weight) over (
            partition by stays_cut.metric, stays_cut.dimension_type, stays_cut.dimension_value
        ) as weight_total
    from stays_cut
    inner join channel_weights using ({{ cell }}, channel)
    where stays_cut.is_move and stays_cut.is_recent
),

fixed_mix as (
    select {{ cell }}, min(days_in_stage) as fixed_mix_median
    from weighted
    where weight_total > 0 and weight_so_far >= weight_total / 2 - 1e-9
    group by all
),

slowed as (
    select
        dwells.*,
        fixed_mix.fixed_mix_median,
        {{ difference_bound('recent_longer', 'recent_stays', 'baseline_longer', 'baseline_stays', '-') }}
            as longer_difference_low,
        {{ difference_bound(
            'recent_over_sla', 'recent_stays_with_sla', 'baseline_over_sla', 'baseline_stays_with_sla', '-'
        ) }} as over_sla_difference_low,
        recent_stays >= {{ var('min_n') }} and baseline_stays >= {{ var('min_n') }} as is_enough
    from dwells
    inner join longer using ({{ cell }})
    left join fixed_mix using ({{ cell }})
),

together as (
    select
        valued.*,
        slowed.* exclude (metric, dimension_type, dimension_value),
        coalesce(slowed.is_enough and slowed.longer_difference_low > 0, false) as is_slower,
        coalesce(slowed.is_enough and slowed.over_sla_difference_low > 0, false) as is_more_over_sla,
        {{ safe_divide('recent_dwell_median', 'baseline_dwell_median') }} as relative_dwell
    from valued
    left join slowed using ({{ cell }})
),

ranked as (
    select
        *,
        case
            when is_leak
                then row_number() over (
                    partition by entity_type, dimension_type, dimension_value
                    order by
                        not is_leak asc, round(relative_conversion, 4) asc, lost_value desc nulls last, metric asc
                )
        end as conversion_rank,
        case
            when is_slower or is_more_over_sla
                then row_number() over (
                    partition by entity_type, dimension_type, dimension_value
                    order by
                        not (is_slower or is_more_over_sla) asc, round(relative_dwell, 4) desc nulls last,
                        lost_value desc nulls last, metric asc
                )
        end as dwell_rank
    from together
),

final as (
    select
        entity_type,
        metric,
        from_stage,
        to_stage,
        dimension_type,
        dimension_value,
        cast(periods.recent_from as date) as recent_from,
        last_day(periods.recent_to) as recent_to,
        cast(periods.baseline_from as date) as baseline_from,
        cast({{ window }} as bigint) as window_days,
        cast(recent_numerator as bigint) as recent_numerator,
        cast(recent_denominator as bigint) as recent_denominator,
        recent_rate as recent_conversion_rate_cohort,
        cast(baseline_numerator as bigint) as baseline_numerator,
        cast(baseline_denominator as bigint) as baseline_denominator,
        baseline_rate as baseline_conversion_rate_cohort,
        cast(peers_numerator as bigint) as peers_numerator,
        cast(peers_denominator as bigint) as peers_denominator,
        peers_rate as peers_conversion_rate_cohort,
        baseline_difference_low,
        baseline_difference_high,
        peers_difference_low,
        peers_difference_high,
        is_below_baseline,
        is_below_peers,
        relative_conversion,
        lost_conversions,
        value_per_conversion as value_per_conversion_reporting,
        lost_value as lost_value_reporting,
        is_recent_low_n or (is_baseline_low_n and is_peers_low_n) as is_low_n,
        conversion_rank,
        coalesce(conversion_rank = 1, false) as is_conversion_bottleneck,
        coalesce(recent_stays, 0) as recent_stays,
        coalesce(baseline_stays, 0) as baseline_stays,
        recent_dwell_median,
        baseline_dwell_median,
        relative_dwell,
        longer_difference_low,
        coalesce(recent_over_sla, 0) as recent_over_sla,
        coalesce(recent_stays_with_sla, 0) as recent_stays_with_sla,
        {{ safe_divide('recent_over_sla', 'recent_stays_with_sla') }} as recent_over_sla_rate,
        coalesce(baseline_over_sla, 0) as baseline_over_sla,
        coalesce(baseline_stays_with_sla, 0) as baseline_stays_with_sla,
        {{ safe_divide('baseline_over_sla', 'baseline_stays_with_sla') }} as baseline_over_sla_rate,
        over_sla_difference_low,
        is_slower,
        is_more_over_sla,
        dwell_rank,
        coalesce(dwell_rank = 1, false) as is_dwell_bottleneck,
        coalesce(recent_moves, 0) as recent_moves,
        coalesce(baseline_moves, 0) as baseline_moves,
        recent_days_to_next_median,
        baseline_days_to_next_median,
        recent_days_to_next_median - baseline_days_to_next_median as days_to_next_change,
        fixed_mix_median - baseline_days_to_next_median as days_to_next_change_fixed_mix,
        recent_days_to_next_median - fixed_mix_median as mix_effect_days,
        {{ data_as_of() }} as data_as_of
    from ranked
    cross join periods
)

select * from final
