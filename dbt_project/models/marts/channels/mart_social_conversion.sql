-- Conversions of social media three times (R072): as the network reports them, as the website saw them by the tags of
-- the visit, and as the CRM found them, beside each other per network, campaign and, where a tag names it, post. Each
-- counts by a rule of its own, so they are compared, never added up.
{%- set social = "('Paid Social', 'Organic Social', 'Organic Video')" %}
with networks as (
    select * from {{ ref('social_networks') }}
),

people as (
    select * from {{ ref('dim_person') }}
),

posts as (
    select * from {{ ref('fct_social_post_daily') }}
),

ads as (
    select * from {{ ref('fct_ad_performance') }}
    where channel = 'Paid Social'
),

visits as (
    select * from {{ ref('fct_web_traffic') }}
),

events as (
    select
        date_trunc('month', date_day) as month_start, channel, source as label, campaign_id,
        clicks as platform_clicks, conversions as platform_conversions,
        case when coalesce(conversions, purchases) is not null then coalesce(attribution_window, '(not stated)') end
            as attribution_window,
        source,
        null as web_sessions, null as web_key_events, null as crm_leads, null as crm_sales
    from ads
    where date_day <= {{ data_as_of() }}
    union all
    select
        date_trunc('month', date_day), channel, platform, campaign_id, social_clicks, conversions,
        case when conversions is not null then '(not stated)' end, source, null, null, null, null
    from posts
    where date_day <= {{ data_as_of() }}
    union all
    select
        date_trunc('month', date_day), channel, session_source, campaign_id, null, null, null, source, sessions,
        key_events, null, null
    from visits
    where channel in {{ social }} and date_day <= {{ data_as_of() }}
    union all
    select
        date_trunc('month', lead_created_on), channel, lead_source, coalesce(origin_campaign_id, '(none)'), null, null,
        null, split_part(person_id, ':', 1), null, null, 1, null
    from people
    where is_lead and channel in {{ social }} and lead_created_on <= {{ data_as_of() }}
    union all
    select
        date_trunc('month', sales.closed_on), sales.channel, people.lead_source,
        coalesce(sales.origin_campaign_id, '(none)'), null, null, null, sales.source, null, null, null, 1
    from {{ ref('fct_opportunity') }} as sales
    left join people on sales.person_id = people.person_id
    where sales.is_purchase and sales.channel in {{ social }} and sales.closed_on <= {{ data_as_of() }}
),

labels as (
    select distinct words.label, networks.network
    from (
        select label from events
        union
        select source from events
    ) as words
    inner join networks on regexp_full_match(lower(trim(words.label)), networks.pattern)
),

-- Visits and leads often say no more than the campaign: whose it is, if one network alone has it.
campaign_networks as (
    select campaign_id, min(network) as network
    from (
        select distinct ads.campaign_id, labels.network
        from ads inner join labels on ads.source = labels.label
        union
        select distinct posts.campaign_id, labels.network
        from posts inner join labels on posts.platform = labels.label
    ) as known
    where campaign_id <> '(none)'
    group by campaign_id
    having count(*) = 1
),

-- A tag names a post where one post alone bears the campaign, and no ad.
campaign_posts as (
    select posts.campaign_id, min(posts.post_id) as post_id
    from posts
    left join (select distinct campaign_id from ads) as advertised on posts.campaign_id = advertised.campaign_id
    where posts.campaign_id <> '(none)' and advertised.campaign_id is null
    group by posts.campaign_id
    having count(distinct posts.post_id) = 1
),

placed as (
    select
        events.*,
        coalesce(labels.network, source_labels.network, campaign_networks.network, '(not named)') as network,
        coalesce(campaign_posts.post_id, '(none)') as post_id
    from events
    left join labels on events.label = labels.label
    left join labels as source_labels on events.source = source_labels.label
    left join campaign_networks on events.campaign_id = campaign_networks.campaign_id
    left join campaign_posts on events.campaign_id = campaign_posts.campaign_id
),

summed as (
    select
        month_start,
        network,
        channel,
        campaign_id,
        post_id,
        sum(platform_clicks) as platform_clicks,
        sum(platform_conversions) as platform_conversions,
        string_agg(distinct attribution_window, ', ' order by attribution_window) as attribution_windows,
        count(distinct case when attribution_window = '(not stated)' then source else attribution_window end) > 1
        or coalesce(bool_or(attribution_window = '(several)'), false) as has_mixed_windows,
        sum(web_sessions) as web_sessions,
        sum(web_key_events) as web_key_events,
        sum(crm_leads) as crm_leads,
        sum(crm_sales) as crm_sales
    from placed
    group by month_start, network, channel, campaign_id, post_id
),

-- Where the website or a CRM is loaded, what it did not see is 0; else it is unknown (G3).
web_months as (
    select distinct date_trunc('month', date_day) as month_start from visits
),

crm_loaded as (
    select count(*) > 0 as has_leads from people
    where is_lead
),

final as (
    select
        cast(summed.month_start as date) as month_start,
        summed.network,
        summed.channel,
        summed.campaign_id,
        coalesce(campaigns.campaign_name, '(none)') as campaign_name,
        summed.post_id,
        cast(summed.platform_clicks as bigint) as platform_clicks,
        cast(summed.platform_conversions as decimal(18, 6)) as platform_conversions,
        summed.attribution_windows,
        summed.has_mixed_windows,
        cast(
            coalesce(summed.web_sessions, case when web_months.month_start is not null then 0 end) as bigint
        ) as web_sessions,
        cast(
            coalesce(summed.web_key_events, case when web_months.month_start is not null then 0 end)
            as decimal(18, 6)
        ) as web_key_events,
        cast(coalesce(summed.crm_leads, case when crm_loaded.has_leads then 0 end) as bigint) as crm_leads,
        cast(coalesce(summed.crm_sales, 0) as bigint) as crm_sales,
        coalesce(
            nullif(
                concat_ws(
                    ' + ',
                    case when summed.platform_conversions > 0 then 'platform' end,
                    case when summed.web_key_events > 0 then 'web' end,
                    case when coalesce(summed.crm_leads, 0) + coalesce(summed.crm_sales, 0) > 0 then 'crm' end
                ),
                ''
            ),
            'nobody'
        ) as seen_by,
        {{ data_as_of() }} as data_as_of
    from summed
    left join web_months on summed.month_start = web_months.month_start
    left join {{ ref('dim_campaign') }} as campaigns on summed.campaign_id = campaigns.campaign_id
    cross join crm_loaded
)

select * from final
