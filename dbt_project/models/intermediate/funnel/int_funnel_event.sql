{{ config(materialized='view', tags=['dated']) }}
-- What happened in every stage of the funnel, counted per day and dimensions: first and later entries, exits forward,
-- lost, recycled and back. Stocks are running sums of it (R012-R022). A view: to write it costs more than to ask.
{%- set cut = 'channel, campaign_id, source, region, segment, owner, team' %}
with stays as (
    select
        stage, entered_on, left_on, entry_number, is_imputed, outcome, first_recorded_at,
        channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('int_stage_interval') }}
    where
        entity_type = 'person'
        and stage in ('Lead', 'MQL', 'SAL', 'Customer', 'Recycled', 'Retained', 'Churned')
),

begun as (
    select
        entity_id as person_id, channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('int_stage_interval') }}
    where entity_type = 'person' and interval_number = 1
),

opportunities as (
    select
        status, amount_reporting, closed_on, coalesce(created_on, closed_on) as entered_on,
        channel, coalesce(origin_campaign_id, '(none)') as campaign_id, source, region,
        coalesce(nullif(trim(segment), ''), 'Unknown') as segment, rep_name as owner, team
    from {{ ref('int_opportunity') }}
    where not is_refund and sale_kind = 'deal'
),

-- One row per thing that happened: kind says which measure it counts for. One that was skipped is passed in the same
-- moment.
events as (
    select
        entered_on as date_day, stage, case when entry_number = 1 then 'entered' else 'reentered' end as kind,
        1 as volume, cast(null as decimal(18, 2)) as amount, {{ cut }}
    from stays
    union all
    select entered_on, stage, 'forward', 1, null, {{ cut }}
    from stays
    where is_imputed
    union all
    select {{ business_day('first_recorded_at') }}, stage, 'entered_strict', 1, null, {{ cut }}
    from stays
    where entry_number = 1 and first_recorded_at is not null
    union all
    select left_on, stage, case outcome when 'won' then 'forward' else outcome end, 1, null, {{ cut }}
    from stays
    where left_on is not null and not is_imputed
    union all
    select
        contacts.contacted_on, 'Contacted', 'entered', 1, null, origins.channel, begun.campaign_id, begun.source,
        begun.region, begun.segment, begun.owner, begun.team
    from {{ ref('int_person_contact') }} as contacts
    inner join {{ ref('int_person_origin') }} as origins on contacts.person_id = origins.person_id
    left join begun on contacts.person_id = begun.person_id
    where contacts.contacted_on is not null
    union all
    select
        {{ business_day('responses.responded_at') }}, 'Inquiry', 'entered', 1, null, responses.channel,
        coalesce(campaigns.conformed_campaign_id, responses.campaign_id, '(none)'), responses.source,
        coalesce(begun.region, 'Unknown'), coalesce(begun.segment, 'Unknown'), coalesce(begun.owner, 'Unknown'),
        coalesce(begun.team, 'Unknown')
    from {{ ref('int_campaign_response') }} as responses
    left join {{ ref('int_crm_campaign_channel') }} as campaigns on responses.campaign_id = campaigns.campaign_id
    left join begun on responses.person_id = begun.person_id
    where responses.has_responded and responses.responded_at is not null
    union all
    select entered_on, 'Opportunity', 'entered', 1, amount_reporting, {{ cut }}
    from opportunities
    union all
    select
        greatest(closed_on, entered_on), 'Opportunity', case status when 'won' then 'forward' else 'lost' end, 1, null,
        {{ cut }}
    from opportunities
    where status <> 'open'
    union all
    select
        closed_on, case status when 'won' then 'Won' else 'Lost' end, 'entered', 1, amount_reporting, {{ cut }}
    from opportunities
    where status <> 'open'
    union all
    -- Nobody knows the region or the owner of a session.
    select
        date_day, 'Visitor', 'entered', sessions, null, channel, campaign_id, source, 'Unknown', 'Unknown', 'Unknown',
        'Unknown'
    from {{ ref('int_web_day') }}
    where sessions is not null
)

select
    date_day, stage, kind, {{ cut }},
    cast(sum(volume) as bigint) as volume,
    sum(amount) as amount
from events
where date_day <= {{ data_as_of() }}
group by date_day, stage, kind, {{ cut }}
