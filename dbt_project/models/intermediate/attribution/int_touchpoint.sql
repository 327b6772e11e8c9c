{{ config(tags=['dated']) }}
-- Whatever brought a person nearer to buying, with its moment: answers to campaigns, clicks in mails, becoming a lead
-- without either, and what sales did. Mails that were only sent, or opened or clicked by a machine, do not count.
with origins as (
    select * from {{ ref('int_person_origin') }}
    where lead_created_on <= {{ data_as_of() }}
),

-- Where the CRM itself does not say what brought a lead, the tags of the visit do.
leads as (
    select
        origins.* replace (
            coalesce(origins.campaign_id, tags.campaign_id) as campaign_id,
            case
                when origins.channel <> 'Unknown' then origins.channel
                else coalesce(nullif(tags.channel, 'Unassigned'), 'Unknown')
            end as channel
        ),
        origins.campaign_id as crm_campaign_id,
        tags.person_id is not null as is_tagged
    from origins
    left join {{ ref('int_lead_tag') }} as tags on origins.person_id = tags.person_id
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

responses as (
    select
        members.campaign_member_id,
        members.person_id,
        coalesce(campaigns.conformed_campaign_id, members.campaign_id) as campaign_id,
        members.channel,
        members.status,
        members.responded_at,
        coalesce(members.is_time_assumed, false) as is_time_assumed,
        members.source
    from {{ ref('int_campaign_response') }} as members
    left join campaigns on members.campaign_id = campaigns.campaign_id
    where
        members.has_responded
        and members.person_id is not null
        and {{ business_day('members.responded_at') }} <= {{ data_as_of() }}
),

-- The answer by which somebody became a lead; the CRM writes it moments after the lead.
creating as (
    select responses.campaign_member_id
    from responses
    inner join leads
        on
            responses.person_id = leads.person_id
            and responses.campaign_id is not distinct from leads.crm_campaign_id
            and responses.responded_at
            <= leads.lead_created_at + interval ({{ var('origin_grace_minutes') }}) minute
    qualify row_number() over (
        partition by responses.person_id order by responses.responded_at, responses.campaign_member_id
    ) = 1
),

created_by_response as (
    select distinct responses.person_id
    from responses
    inner join creating on responses.campaign_member_id = creating.campaign_member_id
),

-- One touch a person and mail, however many links were clicked. Where the CRM has the same person's answer to the same
-- campaign on that day, it is that answer.
clicks as (
    select
        events.source || ':' || events.account_id || ':' || events.event_id as click_id,
        events.person_id,
        nullif(events.campaign_id, '(none)') as campaign_id,
        events.channel,
        events.clicked_at,
        events.is_time_assumed,
        events.source
    from {{ ref('int_email_click') }} as events
    left join responses
        on
            events.person_id = responses.person_id
            and events.campaign_id = responses.campaign_id
            and {{ business_day('events.clicked_at') }} = {{ business_day('responses.responded_at') }}
    where
        events.is_human
        and events.person_id is not null
        and {{ business_day('events.clicked_at') }} <= {{ data_as_of() }}
        and responses.campaign_member_id is null
    qualify row_number() over (
        partition by events.person_id, events.source, events.account_id, events.send_id
        order by events.clicked_at, events.event_id
    ) = 1
),

contacts as (
    select
        activities.activity_id,
        links.person_id,
        activities.activity_label,
        activities.activity_at,
        activities.source
    from {{ ref('int_activity') }} as activities
    inner join {{ ref('int_person_link') }} as links on activities.who_id = links.record_id
    left join {{ ref('activity_types') }} as types on activities.activity_label = types.label
    where
        activities.activity_on <= {{ data_as_of() }}
        and not coalesce(types.is_automated, false)
        and coalesce(types.is_contact, activities.activity_kind = 'event' or activities.duration_seconds > 0)
),

touches as (
    select
        'response:' || responses.campaign_member_id as touch_id,
        'campaign_response' as touch_kind,
        responses.person_id,
        responses.campaign_id,
        responses.channel,
        responses.status as touch_type,
        responses.responded_at as touched_at,
        responses.is_time_assumed,
        creating.campaign_member_id is not null as is_lead_creation,
        cast(null as varchar) as department,
        responses.source
    from responses
    left join creating on responses.campaign_member_id = creating.campaign_member_id
    union all
    select
        'lead:' || leads.person_id, 'lead_creation', leads.person_id, leads.campaign_id, leads.channel,
        coalesce(leads.lead_source, case when leads.is_tagged then 'utm' end), leads.lead_created_at, false, true,
        nullif(leads.department, 'Unknown'), leads.source
    from leads
    left join created_by_response on leads.person_id = created_by_response.person_id
    -- Where nobody says what brought the lead, nothing can be credited.
    where
        (leads.channel <> 'Unknown' or (leads.is_tagged and leads.campaign_id is not null))
        and created_by_response.person_id is null
    union all
    select
        'click:' || click_id, 'email_click', person_id, campaign_id, channel, 'Clicked', clicked_at, is_time_assumed,
        false, 'Marketing', source
    from clicks
    union all
    select
        'sales:' || activity_id, 'sales_contact', person_id, null, 'Outbound Sales', activity_label, activity_at, false,
        false, 'Sales', source
    from contacts
),

final as (
    select
        touches.* exclude (department),
        coalesce(
            touches.department,
            case
                when channels.is_marketing then 'Marketing'
                when touches.channel = 'Outbound Sales' then 'Sales'
                else 'Unknown'
            end
        ) as department
    from touches
    left join {{ ref('channels') }} as channels on touches.channel = channels.channel
)

select * from final
