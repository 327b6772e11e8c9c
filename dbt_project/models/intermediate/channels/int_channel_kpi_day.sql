{{ config(tags=['dated']) }}
-- Everything measured on a day, one shape: a row carries only what its origin knows, the rest stays NULL (G3), so that
-- spend without results and results without spend both survive (G12).
with ads as (
    select
        date_day, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'spend_reporting': 'spend_reporting', 'impressions': 'impressions', 'clicks': 'clicks',
            'conversions': 'conversions', 'conversion_value_reporting': 'conversion_value_reporting',
            'purchases': 'purchases', 'purchase_value_reporting': 'purchase_value_reporting', 'ad_leads': 'leads',
            'spend_native': 'spend', 'currency': 'currency', 'is_fx_missing': 'is_fx_missing',
            'attribution_window': 'counted_window'
        }) }}
    from {{ ref('int_ads_day') }}
),

-- Dated by the day of sending: opens and clicks belong to the send they answer (R068).
sends as (
    select
        sent_on as date_day, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'sent': 'recipients', 'delivered': 'delivered', 'bounces': 'bounces', 'opens': 'opens_used',
            'opens_human': 'opens_human', 'opens_all': 'opens_all', 'opens_reported': 'opens_reported',
            'opens_total': 'opens_total', 'openers_adjusted': 'greatest(opens_used, clicks_unique)',
            'email_clicks_unique': 'clicks_unique', 'email_clicks_total': 'clicks_total',
            'unsubscribes': 'unsubscribes', 'complaints': 'complaints', 'email_orders': 'orders',
            'email_revenue_reporting': 'revenue_reporting', 'is_fx_missing': 'is_fx_missing'
        }) }}
    from {{ ref('int_email_send') }}
    where sent_on is not null
),

social as (
    select
        date_day, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'social_impressions_organic': 'impressions_organic', 'social_impressions_paid': 'impressions_paid',
            'social_impressions_unsplit': 'impressions_unsplit', 'social_clicks_organic': 'clicks_organic',
            'social_clicks_paid': 'clicks_paid', 'social_clicks_unsplit': 'clicks_unsplit',
            'social_conversions_organic': 'conversions_organic', 'social_conversions_paid': 'conversions_paid',
            'social_conversions_unsplit': 'conversions_unsplit'
        }) }}
    from {{ ref('int_social_day') }}
),

web as (
    select
        date_day, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'sessions': 'sessions', 'engaged_sessions': 'engaged_sessions', 'page_views': 'page_views',
            'key_events': 'key_events', 'web_revenue_reporting': 'revenue_reporting', 'is_fx_missing': 'is_fx_missing'
        }) }}
    from {{ ref('int_web_day') }}
),

-- Where one account alone spends on or sends for a campaign in a channel, the leads of the campaign belong beside that
-- spend; else they stay with the CRM.
homes as (
    select channel, campaign_id, min(source) as source, min(account_id) as account_id
    from (
        select distinct channel, campaign_id, source, account_id from ads
        union
        select distinct channel, campaign_id, source, account_id from sends
    ) as platforms
    where campaign_id <> '(none)'
    group by channel, campaign_id
    having count(*) = 1
),

crm_results as (
    select
        lead_created_on as date_day, channel, source, campaign_id, cast(null as varchar) as known_campaign_id,
        1 as leads, 0 as new_customers, 0 as new_customers_with_lead
    from {{ ref('int_person_origin') }}
    where lead_created_on is not null
    union all
    select
        closed_on, channel, source, origin_campaign_id,
        -- The tags of an order name a campaign of any platform.
        case when sale_kind = 'order' then origin_campaign_id end, 0, 1,
        case when lead_created_on is not null then 1 else 0 end
    from {{ ref('int_opportunity') }}
    where is_new_account
),

crm as (
    select
        crm_results.date_day,
        crm_results.channel,
        coalesce(homes.source, crm_results.source) as source,
        coalesce(homes.account_id, '(crm)') as account_id,
        coalesce(campaigns.campaign_id, crm_results.known_campaign_id, '(none)') as campaign_id,
        {{ kpi_columns({
            'leads': 'crm_results.leads', 'new_customers': 'crm_results.new_customers',
            'new_customers_with_lead': 'crm_results.new_customers_with_lead'
        }) }}
    from crm_results
    {{ campaign_join('crm', 'crm_results.source', 'crm_results.campaign_id') }}
    left join homes
        on
            crm_results.channel = homes.channel
            and coalesce(campaigns.campaign_id, crm_results.known_campaign_id) = homes.campaign_id
),

unified as (
    select * from ads
    union all
    select * from sends
    union all
    select * from social
    union all
    select * from web
    union all
    select * from crm
),

final as (
    select
        date_day,
        channel,
        source,
        account_id,
        campaign_id,
        {{ kpi_sums() }}
    from unified
    where date_day <= {{ data_as_of() }}
    group by date_day, channel, source, account_id, campaign_id
)

select * from final
