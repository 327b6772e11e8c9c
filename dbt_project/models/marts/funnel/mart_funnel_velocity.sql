-- How long the steps of the funnel take (R042, R043, R049): distributions of finished ones, and the ages of those that
-- are still on their way. Only recorded entries count: a skipped stage took no time that anybody measured.
with entries as (
    select * from {{ ref('int_funnel_entry') }}
),

pairs as (
    select * from {{ ref('conversion_pairs') }}
),

standing as (
    select entity_type, entity_id, stage_type
    from {{ ref('fct_stage_interval') }}
    where is_current
),

transitions as (
    select
        pairs.metric,
        'days' as unit,
        starts.entered_on as started_on,
        case
            when starts.is_imputed or ends.is_imputed then null
            when ends.entered_at is null then null
            else epoch(ends.entered_at - starts.entered_at) / 86400.0
        end as duration,
        case
            when
                not starts.is_imputed
                and ends.entered_at is null
                and (
                    standing.stage_type = 'open'
                    or (pairs.from_stage in {{ customer_stages() }} and standing.stage_type = 'won')
                )
                then epoch({{ end_of_business_day(data_as_of()) }} - starts.entered_at) / 86400.0
        end as open_age,
        ends.entered_at is not null and (starts.is_imputed or ends.is_imputed) as is_skipped,
        starts.channel, starts.campaign_id, starts.source, starts.region, starts.segment, starts.owner, starts.team,
        false as was_touched_before, false as is_contact_unknown
    from pairs
    inner join entries as starts on pairs.entity_type = starts.entity_type and pairs.from_stage = starts.stage
    left join entries as ends
        on
            starts.entity_type = ends.entity_type
            and starts.entity_id = ends.entity_id
            and pairs.to_stage = ends.stage
    left join standing on starts.entity_type = standing.entity_type and starts.entity_id = standing.entity_id
),

deals as (
    select
        *,
        coalesce(origin_campaign_id, '(none)') as campaign_id_known,
        coalesce(nullif(trim(segment), ''), 'Unknown') as segment_known
    from {{ ref('int_opportunity') }}
    where status in ('won', 'lost') and not is_refund
),

-- Cycles belong to the month they ended in: what was closed then took so long.
cycles as (
    select
        case status when 'won' then 'sales_cycle_won' else 'sales_cycle_lost' end as metric,
        'days' as unit,
        closed_on as started_on,
        cast(closed_on - created_on as double) as duration,
        cast(null as double) as open_age,
        false as is_skipped,
        channel, campaign_id_known, source, region, segment_known, rep_name, team, false, false
    from deals
    where created_on is not null and sale_kind = 'deal'
    union all
    select
        'full_cycle_won', 'days', closed_on, cast(closed_on - lead_created_on as double), null, false,
        channel, campaign_id_known, source, region, segment_known, rep_name, team, false, false
    from deals
    where status = 'won' and lead_created_on is not null
),

-- From the creation of a lead to the first time sales addressed it; who never was is on the way still. Of CRMs whose
-- activities are not known nobody can say (G3).
responses as (
    select
        begun.*,
        -- Whom sales knew already before the form waited for nobody.
        case
            when contacts.was_touched_before then origins.lead_created_at
            else contacts.contacted_at
        end as contacted_at,
        coalesce(contacts.was_touched_before, false) as was_touched_before,
        contact_sources.source is not null as is_contact_known,
        {{ end_of_business_day(data_as_of()) }} as now_at,
        origins.lead_created_at,
        origins.lead_created_on
    from {{ ref('int_person_origin') }} as origins
    inner join {{ ref('fct_stage_interval') }} as begun
        on begun.entity_type = 'person' and origins.person_id = begun.entity_id and begun.interval_number = 1
    left join {{ ref('int_person_contact') }} as contacts on origins.person_id = contacts.person_id
    left join {{ ref('int_contact_source') }} as contact_sources on origins.source = contact_sources.source
),

-- From the recorded first day as MQL to the next time sales addressed the person, whether it had before or not (R049).
mql_responses as (
    select
        mqls.*,
        contacts.contacted_since_mql_at as contacted_at,
        coalesce(contacts.was_touched_before_mql, false) as was_touched_before,
        contact_sources.source is not null as is_contact_known,
        {{ end_of_business_day(data_as_of()) }} as now_at,
        mqls.entered_at as waits_since
    from {{ ref('fct_stage_interval') }} as mqls
    left join {{ ref('int_person_contact') }} as contacts on mqls.entity_id = contacts.person_id
    left join {{ ref('int_contact_source') }} as contact_sources on mqls.source = contact_sources.source
    where mqls.entity_type = 'person' and mqls.stage = 'MQL' and not mqls.is_imputed
    qualify row_number() over (partition by mqls.entity_id order by mqls.interval_number) = 1
),

waits as (
    select
        'speed_to_lead' as wait, lead_created_on as started_on, lead_created_at as waits_since, contacted_at, now_at,
        is_contact_known, was_touched_before,
        channel, campaign_id, source, region, segment, rep_name, team
    from responses
    union all
    select
        'mql_to_first_touch', entered_on, waits_since, contacted_at, now_at, is_contact_known, was_touched_before,
        channel, campaign_id, source, region, segment, rep_name, team
    from mql_responses
),

speeds as (
    select
        wait as metric,
        'hours' as unit,
        started_on,
        epoch(contacted_at - waits_since) / 3600.0 as duration,
        case
            when contacted_at is null and is_contact_known then epoch(now_at - waits_since) / 3600.0
        end as open_age,
        false as is_skipped,
        channel, campaign_id, source, region, segment, rep_name, team, was_touched_before, not is_contact_known
    from waits
    union all
    select
        wait || '_business',
        'business hours',
        started_on,
        ({{ business_seconds('contacted_at') }} - {{ business_seconds('waits_since') }}) / 3600.0,
        case
            when contacted_at is null and is_contact_known
                then ({{ business_seconds('now_at') }} - {{ business_seconds('waits_since') }}) / 3600.0
        end,
        false,
        channel, campaign_id, source, region, segment, rep_name, team, was_touched_before, not is_contact_known
    from waits
),

measured as (
    select * from transitions
    union all
    select * from cycles
    union all
    select * from speeds
),

measured_cut as (
    {{ by_dimension('measured') }}
),

grouped as (
    select
        metric,
        unit,
        cast(date_trunc('month', started_on) as date) as month_start,
        dimension_type,
        dimension_value,
        count(*) filter (where duration >= 0) as n_completed,
        -- A sum of doubles depends on the order of the rows; a sum of decimals does not.
        cast(sum(cast(duration as decimal(28, 9))) filter (where duration >= 0) as double) as duration_total,
        median(duration) filter (where duration >= 0) as duration_median,
        quantile_cont(duration, 0.75) filter (where duration >= 0) as duration_p75,
        quantile_cont(duration, 0.9) filter (where duration >= 0) as duration_p90,
        count(open_age) as n_open,
        median(open_age) as open_age_median,
        max(open_age) as open_age_max,
        count(*) filter (where is_skipped) as n_skipped,
        count(*) filter (where duration < 0) as n_negative,
        count(*) filter (where was_touched_before) as n_touched_before,
        count(*) filter (where is_contact_unknown) as n_contact_unknown,
        count(*) filter (where duration between 0 and 5 / 60.0) as n_within_5_minutes,
        count(*) filter (where duration between 0 and 1) as n_within_1_hour,
        count(*) filter (where duration between 0 and 24) as n_within_1_day
    from measured_cut
    group by all
),

-- How many days nine of ten took in the slowest month, of those with enough cases if there are any.
usual as (
    select
        metric,
        coalesce(
            max(duration_p90) filter (where n_completed >= {{ var('min_n') }}), max(duration_p90)
        ) / case min(unit) when 'hours' then 24.0 else 1.0 end as days_p90
    from grouped
    where dimension_type = 'all'
    group by metric
),

final as (
    select
        grouped.metric,
        unit,
        month_start,
        dimension_type,
        dimension_value,
        n_completed,
        duration_total,
        {{ safe_divide('duration_total', 'n_completed') }} as duration_mean,
        duration_median,
        duration_p75,
        duration_p90,
        n_open,
        open_age_median,
        open_age_max,
        n_skipped,
        n_negative,
        case when unit like '%hours' then n_touched_before end as n_touched_before,
        case when unit like '%hours' then n_contact_unknown end as n_contact_unknown,
        case when unit = 'hours' then n_within_5_minutes end as n_within_5_minutes,
        case when unit = 'hours' then n_within_1_hour end as n_within_1_hour,
        case when unit = 'hours' then n_within_1_day end as n_within_1_day,
        case
            when unit like '%hours' then {{ safe_divide('n_open', '(n_completed + n_open)') }}
        end as not_contacted_rate,
        n_completed < {{ var('min_n') }} as is_low_n,
        -- What counts by its close is complete with the month; what counts by its beginning must have had its time.
        case
            when grouped.metric like '%\_cycle\_%' escape '\' then last_day(month_start) <= {{ data_as_of() }}
            else date_diff('day', last_day(month_start), {{ data_as_of() }}) >= usual.days_p90
        end as is_mature,
        {{ data_as_of() }} as data_as_of
    from grouped
    left join usual on replace(grouped.metric, '_business', '') = usual.metric
)

select * from final
