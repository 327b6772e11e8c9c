-- Did it get faster (R050)? Of each step, of the sales cycle, of the full cycle and of the answers of sales: the newest
-- complete quarter against the quarter before and against the same of the year before, as it was and with the channels
-- mixed as they used to be, and whether the difference is more than noise.
{%- set window = var('bottleneck_window_days') %}
{%- set cell = 'metric, comparison, dimension_type, dimension_value' %}
with steps as (
    select
        metric, 'days' as unit, entered_on as counted_on, {{ window }} as window_days,
        epoch(reached_recorded_at - recorded_at) / 86400.0 as duration,
        channel, campaign_id, source, region, segment, owner, team
    from {{ ref('fct_funnel_member') }}
    where reached_recorded_at is not null
),

deals as (
    select
        closed_on, created_on, lead_created_on, sale_kind, channel,
        coalesce(origin_campaign_id, '(none)') as campaign_id, source, region,
        coalesce(nullif(trim(segment), ''), 'Unknown') as segment, rep_name as owner, team
    from {{ ref('int_opportunity') }}
    where status = 'won' and not is_refund
),

begun as (
    select entity_id as person_id, channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'person' and interval_number = 1
),

mqls as (
    select entity_id as person_id, entered_at, entered_on
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'person' and stage = 'MQL' and not is_imputed
    qualify row_number() over (partition by entity_id order by interval_number) = 1
),

-- What was closed took so long, whenever it was begun: such cohorts are complete with their last day.
durations as (
    select * from steps
    union all by name
    select
        'sales_cycle_won' as metric, 'days' as unit, closed_on as counted_on, 0 as window_days,
        cast(closed_on - created_on as double) as duration,
        channel, campaign_id, source, region, segment, owner, team
    from deals
    where created_on is not null and sale_kind = 'deal'
    union all by name
    select
        'full_cycle_won' as metric, 'days' as unit, closed_on as counted_on, 0 as window_days,
        cast(closed_on - lead_created_on as double) as duration,
        channel, campaign_id, source, region, segment, owner, team
    from deals
    where lead_created_on is not null
    union all by name
    select
        'speed_to_lead' as metric, 'hours' as unit, origins.lead_created_on as counted_on, {{ window }} as window_days,
        case
            when contacts.was_touched_before then 0.0
            else epoch(contacts.contacted_at - origins.lead_created_at) / 3600.0
        end as duration,
        begun.* exclude (person_id)
    from {{ ref('int_person_origin') }} as origins
    inner join {{ ref('int_person_contact') }} as contacts on origins.person_id = contacts.person_id
    inner join begun on origins.person_id = begun.person_id
    union all by name
    select
        'mql_to_first_touch' as metric, 'hours' as unit, mqls.entered_on as counted_on, {{ window }} as window_days,
        epoch(contacts.contacted_since_mql_at - mqls.entered_at) / 3600.0 as duration,
        begun.* exclude (person_id)
    from mqls
    inner join {{ ref('int_person_contact') }} as contacts on mqls.person_id = contacts.person_id
    inner join begun on mqls.person_id = begun.person_id
),

-- The newest quarter of which everybody has had the whole window (G6).
quarters as (
    select
        window_days,
        cast(
            date_trunc('quarter', {{ data_as_of() }} - window_days + 1) - interval 3 month as date
        ) as current_from
    from (select unnest([0, {{ window }}]) as window_days) as windows
),

comparisons as (
    select 'quarter before' as comparison, 3 as months_before
    union all
    select 'year before', 12
),

-- Who took longer than the window is left out on both sides, so that a younger quarter does not look faster.
compared as (
    select
        durations.* exclude (counted_on),
        comparisons.comparison,
        quarters.current_from,
        cast(quarters.current_from - to_months(comparisons.months_before) as date) as base_from,
        date_trunc('quarter', durations.counted_on) = quarters.current_from as is_current
    from durations
    inner join quarters on durations.window_days = quarters.window_days
    cross join comparisons
    where
        durations.duration >= 0
        and (
            durations.window_days = 0
            or durations.duration <= durations.window_days * case durations.unit when 'hours' then 24 else 1 end
        )
        and date_trunc('quarter', durations.counted_on) in (
            quarters.current_from, quarters.current_from - to_months(comparisons.months_before)
        )
),

compared_cut as (
    {{ by_dimension('compared') }}
),

medians as (
    select
        {{ cell }},
        min(unit) as unit,
        min(window_days) as window_days,
        min(current_from) as current_from,
        min(base_from) as base_from,
        count(*) filter (where is_current) as current_n,
        count(*) filter (where not is_current) as base_n,
        quantile_disc(duration, 0.5) filter (where is_current) as current_median,
        quantile_disc(duration, 0.5) filter (where not is_current) as base_median
    from compared_cut
    group by {{ cell }}
),

-- Mood's median test: how many took longer than the median of before, now and then.
longer as (
    select
        {{ cell }},
        count(*) filter (where is_current and duration > base_median) as current_longer,
        count(*) filter (where not is_current and duration > base_median) as base_longer
    from compared_cut
    inner join medians using ({{ cell }})
    group by {{ cell }}
),

channel_weights as (
    select
        {{ cell }}, channel,
        cast(count(*) filter (where not is_current) as double) / nullif(count(*) filter (where is_current), 0) as weight
    from compared_cut
    group by {{ cell }}, channel
),

weighted as (
    select
        {{ cell }},
        compared_cut.duration,
        sum(channel_weights.weight) over (
            partition by {{ cell }} order by compared_cut.duration, channel
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(channel_weights.weight) over (partition by {{ cell }}) as weight_total
    from compared_cut
    inner join channel_weights using ({{ cell }}, channel)
    where compared_cut.is_current
),

fixed_mix as (
    select {{ cell }}, min(duration) as fixed_mix_median
    from weighted
    where weight_total > 0 and weight_so_far >= weight_total / 2 - 1e-9
    group by {{ cell }}
),

bounded as (
    select
        medians.*,
        longer.current_longer,
        longer.base_longer,
        fixed_mix.fixed_mix_median,
        {{ difference_bound('current_longer', 'current_n', 'base_longer', 'base_n', '-') }} as longer_difference_low,
        {{ difference_bound('current_longer', 'current_n', 'base_longer', 'base_n', '+') }} as longer_difference_high,
        current_n < {{ var('min_n') }} or base_n < {{ var('min_n') }} as is_low_n
    from medians
    left join longer using ({{ cell }})
    left join fixed_mix using ({{ cell }})
),

final as (
    select
        metric,
        unit,
        comparison,
        dimension_type,
        dimension_value,
        cast(window_days as bigint) as window_days,
        current_from,
        base_from,
        current_n,
        base_n,
        current_median,
        base_median,
        current_median - base_median as median_change,
        fixed_mix_median - base_median as median_change_fixed_mix,
        current_median - fixed_mix_median as mix_effect,
        current_longer,
        base_longer,
        longer_difference_low,
        longer_difference_high,
        case
            when is_low_n then 'too few'
            when longer_difference_high < 0 then 'faster'
            when longer_difference_low > 0 then 'slower'
            else 'noise'
        end as verdict,
        is_low_n,
        {{ data_as_of() }} as data_as_of
    from bounded
)

select * from final
