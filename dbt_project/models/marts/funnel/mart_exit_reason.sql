-- Why deals are lost, and leads disqualified or handed back (R048): reasons as sales recorded them, with the share that
-- has none, beside how fast these leads were answered.
{%- set cell = 'month_start, exit_kind, entity_type, stage, dimension_type, dimension_value' %}
with exits as (
    select
        cast(date_trunc('month', left_on) as date) as month_start,
        case
            when entity_type = 'opportunity' or (outcome = 'lost' and stage = 'Opportunity') then 'loss'
            when outcome = 'lost' then 'disqualification'
            else 'rejection'
        end as exit_kind,
        entity_type, stage, entity_id, exit_reason as reason, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('fct_stage_interval') }}
    where exit_reason is not null
),

-- A deal was answered as fast as the lead it originates from.
leads as (
    select opportunity_id, min(person_id) as person_id
    from {{ ref('int_opportunity_person') }}
    where is_origin
    group by opportunity_id
),

explained as (
    select
        exits.*,
        journeys.hours_to_contact,
        coalesce(journeys.is_contact_known, false) as is_contact_known,
        journeys.is_contact_known and journeys.contacted_at is null as is_not_contacted,
        journeys.contact_attempts
    from exits
    left join leads on case when exits.entity_type = 'opportunity' then exits.entity_id end = leads.opportunity_id
    left join {{ ref('mart_lead_journey') }} as journeys
        on case exits.entity_type when 'person' then exits.entity_id else leads.person_id end = journeys.person_id
),

explained_cut as (
    {{ by_dimension('explained') }}
),

counted as (
    select
        {{ cell }},
        reason,
        count(*) as exits,
        cast(sum(amount_reporting) as decimal(18, 2)) as amount_reporting,
        median(hours_to_contact) as hours_to_contact_median,
        count(*) filter (where is_contact_known) as exits_contact_known,
        count(*) filter (where is_not_contacted) as exits_not_contacted,
        sum(contact_attempts) filter (where is_contact_known) as contact_attempts
    from explained_cut
    group by {{ cell }}, reason
),

compared as (
    select
        *,
        cast(sum(exits) over cells as bigint) as exits_of_all_reasons,
        cast(sum(case reason when 'Unspecified' then exits else 0 end) over cells as bigint) as exits_unspecified
    from counted
    window cells as (partition by {{ cell }})
),

final as (
    select
        month_start,
        exit_kind,
        entity_type,
        stage,
        dimension_type,
        dimension_value,
        reason,
        exits,
        exits_of_all_reasons,
        exits_unspecified,
        {{ safe_divide('exits', 'exits_of_all_reasons') }} as reason_rate,
        {{ safe_divide('exits_unspecified', 'exits_of_all_reasons') }} as unspecified_rate,
        amount_reporting,
        hours_to_contact_median,
        exits_contact_known,
        exits_not_contacted,
        {{ safe_divide('exits_not_contacted', 'exits_contact_known') }} as not_contacted_rate,
        cast(contact_attempts as bigint) as contact_attempts,
        {{ safe_divide('contact_attempts', 'exits_contact_known') }} as contact_attempts_mean,
        exits_of_all_reasons < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from compared
)

select * from final
