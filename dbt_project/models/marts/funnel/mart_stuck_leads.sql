-- Who is stuck, and in which campaign: leads and deals that are longer in their present stage than 90 % of the finished
-- stays took, or than the stage allows (R044, R047), beside all other campaigns, with what may explain it (R048).
with stays as (
    select * from {{ ref('fct_stage_interval') }}
    where stage_type = 'open' and entity_type <> 'account'
),

journeys as (
    select * from {{ ref('mart_lead_journey') }}
),

-- Finished stays show what is usual. With too few of them (G15) only the time limit of the stage applies.
usual as (
    select
        entity_type,
        pipeline,
        stage,
        case when count(*) >= {{ var('min_n') }} then quantile_cont(days_in_stage, 0.9) end as usual_days_p90
    from stays
    where not is_current and not is_imputed
    group by all
),

ages as (
    select unnest([0, 7, 30, 90, 180]) as age_from
),

-- What a lead in a stage has brought who had been there for so long already: won revenue of all whose first stay lasted
-- that many days, whatever became of them. The longer somebody waits, the less is to be expected.
stage_values as (
    select
        stays.stage,
        ages.age_from,
        count(*) as value_n,
        case
            when count(*) >= {{ var('min_n') }}
                then cast({{ safe_divide('sum(journeys.won_amount_reporting)', 'count(*)') }} as decimal(18, 2))
        end as value_per_lead
    from stays
    inner join journeys on stays.entity_id = journeys.person_id
    inner join ages on stays.days_in_stage >= ages.age_from
    where stays.entity_type = 'person' and stays.entry_number = 1
    group by stays.stage, ages.age_from
),

aged as (
    select stays.*, max(ages.age_from) as age_from
    from stays
    inner join ages on greatest(stays.days_in_stage, 0) >= ages.age_from
    where stays.is_current
    group by all
),

standing as (
    select
        stays.entity_type,
        stays.entity_id,
        stays.pipeline,
        stays.stage,
        stays.stage_order,
        stays.sla_days,
        usual.usual_days_p90,
        stays.days_in_stage as age_days,
        coalesce(stays.days_in_stage > usual.usual_days_p90, false) as is_over_p90,
        coalesce(stays.is_over_sla, false) as is_over_sla,
        coalesce(stays.days_in_stage > usual.usual_days_p90, false) or coalesce(stays.is_over_sla, false) as is_stuck,
        case
            when stays.entity_type = 'opportunity' then stays.amount_reporting
            when journeys.opportunities_open > 0 then journeys.open_amount_reporting
            else stage_values.value_per_lead
        end as value_reporting,
        case
            when stays.entity_type = 'person' and coalesce(journeys.opportunities_open, 0) = 0
                then coalesce(stage_values.value_n, 0)
        end as value_n,
        journeys.hours_to_contact,
        journeys.is_contact_known and journeys.contacted_at is null as is_not_contacted,
        not journeys.is_contact_known as is_contact_unknown,
        journeys.contact_attempts
    from aged as stays
    left join usual
        on stays.entity_type = usual.entity_type and stays.pipeline = usual.pipeline and stays.stage = usual.stage
    left join journeys on stays.person_id = journeys.person_id
    left join stage_values on stays.stage = stage_values.stage and stays.age_from = stage_values.age_from
),

-- Why somebody was given up in a stage, the last time.
given_up as (
    select entity_type, entity_id, pipeline, stage, stage_order, exit_reason as reason
    from stays
    where outcome in ('lost', 'recycled') and not is_imputed
    qualify row_number() over (partition by entity_type, entity_id, stage order by interval_number desc) = 1
),

-- Somebody who answered several campaigns is in each of them (influence, no partition); to be sent one is no answer.
joined_campaigns as (
    select distinct responses.person_id, coalesce(known.conformed_campaign_id, responses.campaign_id) as campaign_id
    from {{ ref('int_campaign_response') }} as responses
    left join {{ ref('int_crm_campaign_channel') }} as known on responses.campaign_id = known.campaign_id
    where
        responses.person_id is not null
        and responses.campaign_id is not null
        and {{ business_day('responses.responded_at') }} <= {{ data_as_of() }}
),

campaigns as (
    select entity_type, entity_id, campaign_id
    from stays
    where campaign_id <> '(none)'
    union
    select 'person', person_id, campaign_id
    from joined_campaigns
    union
    select 'opportunity', links.opportunity_id, joined_campaigns.campaign_id
    from {{ ref('int_opportunity_person') }} as links
    inner join joined_campaigns on links.person_id = joined_campaigns.person_id
),

standing_in_campaigns as (
    select standing.*, coalesce(campaigns.campaign_id, '(none)') as campaign_id
    from standing
    left join campaigns
        on standing.entity_type = campaigns.entity_type and standing.entity_id = campaigns.entity_id
),

by_campaign as (
    select
        entity_type, pipeline, stage, campaign_id,
        max(stage_order) as stage_order,
        count(*) as n_open,
        count(*) filter (where is_stuck) as n_stuck,
        count(*) filter (where is_over_p90) as n_over_p90,
        count(*) filter (where is_over_sla) as n_over_sla,
        median(age_days) as age_days_median,
        max(age_days) as age_days_max,
        sum(value_reporting) as open_value,
        sum(value_reporting) filter (where is_stuck) as value_at_risk,
        count(*) filter (where value_reporting is null) as n_value_unknown,
        count(*) filter (where is_stuck and value_reporting is null) as n_stuck_value_unknown,
        min(value_n) as value_n,
        median(hours_to_contact) as response_hours_median,
        count(*) filter (where is_not_contacted) as n_not_contacted,
        count(*) filter (where is_contact_unknown) as n_contact_unknown,
        sum(contact_attempts) as contact_attempts
    from standing_in_campaigns
    group by all
),

by_stage as (
    select
        entity_type, pipeline, stage,
        max(usual_days_p90) as usual_days_p90,
        max(sla_days) as sla_days,
        count(*) as n_open,
        count(*) filter (where is_stuck) as n_stuck,
        median(hours_to_contact) as response_hours_median,
        count(*) filter (where is_not_contacted) as n_not_contacted,
        count(*) filter (where is_contact_unknown) as n_contact_unknown,
        sum(contact_attempts) as contact_attempts
    from standing
    group by all
),

reason_counts as (
    select
        given_up.entity_type, given_up.pipeline, given_up.stage,
        coalesce(campaigns.campaign_id, '(none)') as campaign_id,
        given_up.reason,
        max(given_up.stage_order) as stage_order,
        count(*) as people
    from given_up
    left join campaigns
        on given_up.entity_type = campaigns.entity_type and given_up.entity_id = campaigns.entity_id
    group by all
),

reason_mix as (
    select
        entity_type, pipeline, stage, campaign_id,
        max(stage_order) as stage_order,
        sum(people) as n_given_up,
        coalesce(sum(people) filter (where reason = 'Unspecified'), 0) as n_reason_unspecified,
        string_agg(reason || ' ' || people, '; ' order by people desc, reason asc) as reason_mix
    from reason_counts
    group by all
),

cells as (
    select entity_type, pipeline, stage, campaign_id, stage_order from by_campaign
    union
    select entity_type, pipeline, stage, campaign_id, stage_order from reason_mix
),

names as (
    select campaign_id, min(campaign_name) as campaign_name
    from {{ ref('dim_campaign') }}
    group by campaign_id
),

compared as (
    select
        cells.*,
        coalesce(names.campaign_name, '(none)') as campaign_name,
        coalesce(by_campaign.n_open, 0) as n_open,
        coalesce(by_campaign.n_stuck, 0) as n_stuck,
        coalesce(by_campaign.n_over_p90, 0) as n_over_p90,
        coalesce(by_campaign.n_over_sla, 0) as n_over_sla,
        by_stage.usual_days_p90,
        by_stage.sla_days,
        by_campaign.age_days_median,
        by_campaign.age_days_max,
        by_campaign.open_value,
        by_campaign.value_at_risk,
        coalesce(by_campaign.n_value_unknown, 0) as n_value_unknown,
        coalesce(by_campaign.n_stuck_value_unknown, 0) as n_stuck_value_unknown,
        by_campaign.value_n,
        coalesce(by_stage.n_open, 0) - coalesce(by_campaign.n_open, 0) as others_n_open,
        coalesce(by_stage.n_stuck, 0) - coalesce(by_campaign.n_stuck, 0) as others_n_stuck,
        by_campaign.response_hours_median,
        by_stage.response_hours_median as stage_response_hours_median,
        coalesce(by_campaign.n_not_contacted, 0) as n_not_contacted,
        coalesce(by_stage.n_not_contacted, 0) - coalesce(by_campaign.n_not_contacted, 0) as others_n_not_contacted,
        coalesce(by_campaign.n_contact_unknown, 0) as n_contact_unknown,
        coalesce(by_stage.n_contact_unknown, 0) - coalesce(by_campaign.n_contact_unknown, 0)
            as others_n_contact_unknown,
        coalesce(by_campaign.contact_attempts, 0) as contact_attempts,
        coalesce(by_stage.contact_attempts, 0) - coalesce(by_campaign.contact_attempts, 0) as others_contact_attempts,
        coalesce(reason_mix.n_given_up, 0) as n_given_up,
        coalesce(reason_mix.n_reason_unspecified, 0) as n_reason_unspecified,
        reason_mix.reason_mix
    from cells
    left join by_campaign using (entity_type, pipeline, stage, campaign_id)
    left join by_stage using (entity_type, pipeline, stage)
    left join reason_mix using (entity_type, pipeline, stage, campaign_id)
    left join names on cells.campaign_id = names.campaign_id
),

final as (
    select
        entity_type,
        pipeline,
        stage,
        cast(stage_order as bigint) as stage_order,
        campaign_id,
        campaign_name,
        cast(n_open as bigint) as n_open,
        cast(n_stuck as bigint) as n_stuck,
        {{ safe_divide('n_stuck', 'n_open') }} as stuck_rate_snapshot,
        cast(n_over_p90 as bigint) as n_over_p90,
        cast(n_over_sla as bigint) as n_over_sla,
        usual_days_p90,
        cast(sla_days as bigint) as sla_days,
        age_days_median,
        age_days_max,
        -- Unknown where nobody's value is known, 0 where nobody is there.
        cast(case when n_open = 0 then 0 else open_value end as decimal(18, 2)) as open_value_reporting,
        cast(case when n_stuck = 0 then 0 else value_at_risk end as decimal(18, 2)) as value_at_risk_reporting,
        cast(n_value_unknown as bigint) as n_value_unknown,
        cast(n_stuck_value_unknown as bigint) as n_stuck_value_unknown,
        cast(value_n as bigint) as value_n,
        cast(others_n_open as bigint) as others_n_open,
        cast(others_n_stuck as bigint) as others_n_stuck,
        {{ safe_divide('others_n_stuck', 'others_n_open') }} as others_stuck_rate_snapshot,
        {{ difference_bound('n_stuck', 'n_open', 'others_n_stuck', 'others_n_open', '-') }} as difference_low,
        {{ difference_bound('n_stuck', 'n_open', 'others_n_stuck', 'others_n_open', '+') }} as difference_high,
        coalesce(
            n_open >= {{ var('min_n') }}
            and others_n_open >= {{ var('min_n') }}
            and {{ difference_bound('n_stuck', 'n_open', 'others_n_stuck', 'others_n_open', '-') }} > 0,
            false
        ) as is_worse_than_others,
        response_hours_median,
        stage_response_hours_median,
        cast(n_not_contacted as bigint) as n_not_contacted,
        cast(n_contact_unknown as bigint) as n_contact_unknown,
        {{ safe_divide('n_not_contacted', '(n_open - n_contact_unknown)') }} as not_contacted_rate,
        cast(others_n_not_contacted as bigint) as others_n_not_contacted,
        cast(others_n_contact_unknown as bigint) as others_n_contact_unknown,
        {{ safe_divide('others_n_not_contacted', '(others_n_open - others_n_contact_unknown)') }}
            as others_not_contacted_rate,
        {{ safe_divide('contact_attempts', '(n_open - n_contact_unknown)') }} as contact_attempts_mean,
        {{ safe_divide('others_contact_attempts', '(others_n_open - others_n_contact_unknown)') }}
            as others_contact_attempts_mean,
        cast(n_given_up as bigint) as n_given_up,
        cast(n_reason_unspecified as bigint) as n_reason_unspecified,
        {{ safe_divide('n_reason_unspecified', 'n_given_up') }} as reason_unspecified_rate,
        reason_mix,
        n_open < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from compared
)

select * from final
