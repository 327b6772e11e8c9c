-- What platforms report, what the web analytics saw and what the CRM has of the same day, channel and campaign, beside
-- each other: each counts by its own rule, so they are compared, never added up.
with days as (
    select
        *,
        case when has_mixed_windows then '(several)' else attribution_window end as stated_window,
        -- A platform that does not state its window counts by a rule of its own.
        case when attribution_window = '(not stated)' then source else attribution_window end as compared_window
    from {{ ref('int_channel_kpi_day') }}
),

summed as (
    select
        date_day,
        channel,
        campaign_id,
        string_agg(distinct source, ', ' order by source) filter (
            where coalesce(spend_reporting, clicks, conversions, purchases, ad_leads) is not null
        ) as platforms,
        string_agg(distinct source || ': ' || stated_window, ', ' order by source || ': ' || stated_window)
            as attribution_windows,
        count(distinct compared_window) > 1 or coalesce(bool_or(has_mixed_windows), false) as has_mixed_windows,
        sum(spend_reporting) as spend_reporting,
        sum(clicks) as clicks,
        sum(conversions) as platform_conversions,
        sum(purchases) as platform_purchases,
        sum(ad_leads) as platform_leads,
        sum(sessions) as web_sessions,
        sum(key_events) as web_key_events,
        sum(leads) as crm_leads,
        sum(new_customers) as crm_new_customers
    from days
    group by date_day, channel, campaign_id
),

-- Where the web analytics is not loaded for a day, nothing is known to be untracked (G3).
judged as (
    select
        *,
        max(web_sessions) over (partition by date_day) is not null as is_web_loaded
    from summed
    where coalesce(
        spend_reporting, clicks, platform_conversions, platform_purchases, platform_leads, web_sessions,
        web_key_events, crm_leads, crm_new_customers
    ) is not null
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

final as (
    select
        date_day,
        channel,
        judged.campaign_id,
        campaigns.campaign_name,
        platforms,
        attribution_windows,
        has_mixed_windows,
        cast(spend_reporting as decimal(18, 6)) as spend_reporting,
        cast(clicks as bigint) as clicks,
        cast(platform_conversions as decimal(18, 6)) as platform_conversions,
        cast(platform_purchases as decimal(18, 6)) as platform_purchases,
        cast(platform_leads as decimal(18, 6)) as platform_leads,
        cast(web_sessions as bigint) as web_sessions,
        cast(web_key_events as decimal(18, 6)) as web_key_events,
        cast(crm_leads as bigint) as crm_leads,
        cast(crm_new_customers as bigint) as crm_new_customers,
        cast(platform_conversions - coalesce(web_key_events, 0) as decimal(18, 6)) as platform_less_web,
        cast(platform_conversions - coalesce(crm_leads, 0) as decimal(18, 6)) as platform_less_crm,
        {{ safe_divide('web_sessions', 'clicks') }} as sessions_per_click,
        {{ safe_divide('web_key_events', 'platform_conversions') }} as web_per_platform_conversion,
        {{ safe_divide('crm_leads', 'platform_conversions') }} as crm_per_platform_conversion,
        coalesce(
            nullif(
                concat_ws(
                    ' + ',
                    case
                        when greatest(platform_conversions, platform_purchases, platform_leads) > 0 then 'platform'
                    end,
                    case when web_key_events > 0 then 'web' end,
                    case when coalesce(crm_leads, 0) + coalesce(crm_new_customers, 0) > 0 then 'crm' end
                ),
                ''
            ),
            'nobody'
        ) as seen_by,
        is_web_loaded and coalesce(clicks, 0) > 0 and coalesce(web_sessions, 0) = 0
        and coalesce(crm_leads, 0) + coalesce(crm_new_customers, 0) = 0
            as is_spend_without_tracking,
        judged.campaign_id = '(none)'
        and coalesce(platform_conversions, 0) + coalesce(web_key_events, 0) + coalesce(crm_leads, 0) > 0
            as is_conversion_without_campaign,
        {{ data_as_of() }} as data_as_of
    from judged
    left join campaigns on judged.campaign_id = campaigns.campaign_id
)

select * from final
