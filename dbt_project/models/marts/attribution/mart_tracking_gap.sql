-- What attribution cannot see for lack of tracking: campaigns that cost money and that nobody is known to have
-- answered, leads without a campaign, labels that no channel rule knows, tagged visits of campaigns that nobody knows.
with costs as (
    select
        campaign_id,
        min(date_day) as first_on,
        max(date_day) as last_on,
        sum(amount_reporting) as cost
    from {{ ref('fct_cost') }}
    where
        kind = 'actual'
        and category = 'media'
        and allocation = 'direct'
        and campaign_id is not null
        and date_day <= {{ data_as_of() }}
    group by campaign_id
    having sum(amount_reporting) > 0
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

touched as (
    select distinct campaign_id from {{ ref('fct_touchpoint') }}
),

visits as (
    select * from {{ ref('fct_web_traffic') }}
),

visited as (
    select campaign_id, sum(sessions) as sessions
    from visits
    group by campaign_id
),

-- What the CRM says of a lead, else what the tags of its visit say.
leads as (
    select
        persons.lead_source,
        persons.lead_created_on,
        coalesce(persons.origin_campaign_id, tags.campaign_id) as campaign_id,
        case
            when persons.channel <> 'Unknown' then persons.channel
            else coalesce(nullif(tags.channel, 'Unassigned'), 'Unknown')
        end as channel,
        coalesce(tags.utm_source, '(empty)') || ' / ' || coalesce(tags.utm_medium, '(empty)') as tags,
        coalesce(tags.channel = 'Unassigned', false) as is_tag_unassigned
    from {{ ref('dim_person') }} as persons
    left join {{ ref('int_lead_tag') }} as tags on persons.person_id = tags.person_id
    where persons.is_lead
),

gaps as (
    select
        'cost_without_touch' as gap,
        costs.campaign_id as item,
        campaigns.campaign_name as label,
        costs.first_on,
        costs.last_on,
        costs.cost,
        null as leads,
        visited.sessions
    from costs
    left join touched on costs.campaign_id = touched.campaign_id
    left join campaigns on costs.campaign_id = campaigns.campaign_id
    left join visited on costs.campaign_id = visited.campaign_id
    where touched.campaign_id is null
    union all
    select
        'lead_without_campaign', coalesce(lead_source, '(empty)'), channel, min(lead_created_on), max(lead_created_on),
        null, count(*), null
    from leads
    where campaign_id is null and channel <> 'Unknown'
    group by lead_source, channel
    union all
    select
        'lead_without_channel', coalesce(lead_source, '(empty)'), 'Unknown', min(lead_created_on), max(lead_created_on),
        null, count(*), null
    from leads
    where channel = 'Unknown'
    group by lead_source
    union all
    select
        'lead_tag_without_channel', tags, 'Unassigned', min(lead_created_on), max(lead_created_on), null, count(*), null
    from leads
    where is_tag_unassigned
    group by tags
    union all
    select
        'visit_without_channel',
        coalesce(session_source, '(empty)') || ' / ' || coalesce(session_medium, '(empty)'),
        channel, min(date_day), max(date_day), null, null, sum(sessions)
    from visits
    where channel in ('Unknown', 'Unassigned')
    group by session_source, session_medium, channel
    union all
    select
        'tag_of_no_campaign', visits.campaign_id, campaigns.campaign_name, min(visits.date_day), max(visits.date_day),
        null, null, sum(visits.sessions)
    from visits
    inner join campaigns on visits.campaign_id = campaigns.campaign_id
    where
        campaigns.campaign_id <> '(none)'
        and not campaigns.is_in_crm
        and not campaigns.is_on_ad_platform
        and not campaigns.is_in_email
    group by visits.campaign_id, campaigns.campaign_name
),

final as (
    select
        gap,
        item,
        coalesce(label, item) as label,
        first_on,
        last_on,
        cast(cost as decimal(18, 6)) as cost_reporting,
        cast(leads as bigint) as leads,
        cast(sessions as bigint) as sessions,
        {{ data_as_of() }} as data_as_of
    from gaps
)

select * from final
