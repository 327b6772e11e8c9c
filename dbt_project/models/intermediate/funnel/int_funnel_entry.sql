{{ config(materialized='view', tags=['dated']) }}
-- First entries of people and deals into every stage, skipped ones imputed (G7), with the dimensions of that day (G16).
-- Beside the stages of int_stage_interval: `Created` (deals), `Inquiry` (first response), `Contacted`, `Negotiation`,
-- `Purchased` (first won deal that cost something), `Trial`, `Subscribed`, `Signed up` (either), `Subscription kept`
-- and `Subscription ended` (people). A view: to write it costs more than to ask.
with stays as (
    select
        entity_type, entity_id, stage, entered_at, entered_on, amount_reporting, channel, campaign_id, source, region,
        segment, rep_name as owner, team, is_imputed, first_recorded_at as recorded_at, pipeline, interval_number,
        entry_number, is_current, left_at
    from {{ ref('int_stage_interval') }}
    where entity_type <> 'account'
),

stages as (
    select * exclude (interval_number, entry_number, is_current, left_at)
    from stays
    where
        entry_number = 1
        and stage not in ('Lost', 'Recycled', 'Unknown', 'Unmapped')
        and not (entity_type = 'opportunity' and stage = 'Won')
),

-- Of a re-opened deal the last close counts (R020).
wins as (
    select * exclude (interval_number, entry_number, is_current, left_at) replace (entered_at as recorded_at)
    from stays
    where entity_type = 'opportunity' and stage = 'Won' and is_current
),

creations as (
    select
        * exclude (interval_number, entry_number, is_current, left_at)
        replace ('Created' as stage, false as is_imputed, entered_at as recorded_at)
    from stays
    where entity_type = 'opportunity' and interval_number = 1
),

begun as (
    select
        entity_type, entity_id, entered_at, entered_on, channel, campaign_id, source, region, segment, owner, team,
        pipeline
    from stays
    where entity_type = 'person' and interval_number = 1
),

paid_deals as (
    select opportunity_id
    from {{ ref('int_sales_line') }}
    group by opportunity_id
    having sum(amount_native) > 0
),

purchases as (
    select links.person_id, min(links.closed_on) as reached_on
    from {{ ref('int_opportunity_person') }} as links
    inner join paid_deals on links.opportunity_id = paid_deals.opportunity_id
    inner join {{ ref('int_person_origin') }} as origins
        on links.person_id = origins.person_id and links.closed_on >= origins.lead_created_on
    where links.is_won
    group by links.person_id
),

subscriptions as (
    select
        person_id,
        unnest(['Trial', 'Subscribed', 'Signed up', 'Subscription kept', 'Subscription ended']) as stage,
        unnest([trial_on, subscribed_on, least(trial_on, subscribed_on), retained_on, churned_on]) as reached_on
    from {{ ref('int_person_subscription') }}
    where run_number = 1
),

-- What leads reach beside the stages, once each.
milestones as (
    select person_id, 'Contacted' as stage, contacted_at as reached_at, contacted_on as reached_on
    from {{ ref('int_person_contact') }}
    where contacted_on is not null
    union all
    select person_id, 'Purchased', {{ start_of_business_day('reached_on') }}, reached_on
    from purchases
    union all
    select person_id, stage, {{ start_of_business_day('reached_on') }}, reached_on
    from subscriptions
    where reached_on is not null
),

milestones_of_leads as (
    select
        begun.* replace (
            -- A day without a time is never before the lead's own first moment.
            greatest(milestones.reached_at, begun.entered_at) as entered_at,
            milestones.reached_on as entered_on
        ),
        milestones.stage,
        false as is_imputed,
        greatest(milestones.reached_at, begun.entered_at) as recorded_at
    from milestones
    inner join begun on milestones.person_id = begun.entity_id and milestones.reached_on >= begun.entered_on
),

-- A lead negotiates in its deals.
negotiations as (
    select
        begun.* replace (min(steps.entered_at) as entered_at, min(steps.entered_on) as entered_on),
        'Negotiation' as stage,
        min_by(steps.is_imputed, (steps.entered_at, steps.entity_id, steps.interval_number)) as is_imputed,
        min(steps.entered_at) filter (where not steps.is_imputed) as recorded_at
    from begun
    inner join {{ ref('int_opportunity_person') }} as links on begun.entity_id = links.person_id
    inner join stays as steps
        on
            steps.entity_type = 'opportunity'
            and links.opportunity_id = steps.entity_id
            and steps.stage = 'Negotiation'
            and begun.entered_at <= steps.entered_at
    group by all
),

first_responses as (
    select responses.*, coalesce(campaigns.conformed_campaign_id, responses.campaign_id, '(none)') as conformed_id
    from {{ ref('int_campaign_response') }} as responses
    left join {{ ref('int_crm_campaign_channel') }} as campaigns on responses.campaign_id = campaigns.campaign_id
    where
        responses.has_responded
        and responses.person_id is not null
        and {{ business_day('responses.responded_at') }} <= {{ data_as_of() }}
    qualify row_number() over (
        partition by responses.person_id order by responses.responded_at, responses.campaign_member_id
    ) = 1
),

-- The CRM writes the response that made somebody a lead moments after the lead: it came first all the same.
inquiries as (
    select
        responses.person_id,
        responses.source,
        responses.channel,
        responses.conformed_id,
        case
            when
                responses.responded_at <= begun.entered_at + interval ({{ var('origin_grace_minutes') }}) minute
                then least(responses.responded_at, begun.entered_at)
            else responses.responded_at
        end as responded_at
    from first_responses as responses
    left join begun on responses.person_id = begun.entity_id
),

inquiries_of_people as (
    select
        'person' as entity_type,
        inquiries.person_id as entity_id,
        'Inquiry' as stage,
        inquiries.responded_at as entered_at,
        {{ business_day('inquiries.responded_at') }} as entered_on,
        inquiries.channel,
        inquiries.conformed_id as campaign_id,
        inquiries.source,
        -- Who was no lead yet has the owner and the region of the first day as one.
        coalesce(standing.region, begun.region, 'Unknown') as region,
        coalesce(standing.segment, begun.segment, 'Unknown') as segment,
        coalesce(standing.owner, begun.owner, 'Unknown') as owner,
        coalesce(standing.team, begun.team, 'Unknown') as team,
        false as is_imputed,
        inquiries.responded_at as recorded_at,
        coalesce(begun.pipeline, 'Lead to customer') as pipeline
    from inquiries
    left join begun on inquiries.person_id = begun.entity_id
    left join stays as standing
        on
            inquiries.person_id = standing.entity_id
            and standing.entity_type = 'person'
            and inquiries.responded_at >= standing.entered_at
            and inquiries.responded_at < coalesce(standing.left_at, timestamp '9999-12-31')
),

entries as (
    select * from stages
    union all by name
    select * from wins
    union all by name
    select * from creations
    union all by name
    select * from milestones_of_leads
    union all by name
    select * from negotiations
    union all by name
    select * from inquiries_of_people
),

left_out as (
    select opportunity_id from {{ ref('int_opportunity') }}
    where not counts_in_win_rate
)

select
    entries.*,
    -- Deals that win rates leave out are left out of the won of all created, too, and of its steps (R032).
    left_out.opportunity_id is null as is_counted
from entries
left join left_out on case when entries.entity_type = 'opportunity' then entries.entity_id end = left_out.opportunity_id
