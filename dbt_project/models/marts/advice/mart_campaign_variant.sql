-- The variants of each campaign side by side (R109): messages (subjects of mails, ads), audiences (lists of mails, ad
-- sets, segments of leads) and distribution channels, each with its cases and how many of them went well. Only cases
-- that have had the time to go well count.
with rules as (
    select lever, min_n from {{ ref('advice_rules') }}
),

mails as (
    select
        campaign_id,
        coalesce(nullif(trim(subject), ''), send_name) as message,
        nullif(trim(audience), '') as audience,
        delivered,
        clicks_unique
    from {{ ref('fct_email_campaign') }}
    where sent_on <= {{ data_as_of() }} - 7 and clicks_unique <= delivered
),

lists as (
    select campaign_id, audience, sum(delivered) as delivered from mails
    group by campaign_id, audience
),

-- Subjects are compared where they went to the same people: the list that most mails of the campaign went to.
main_lists as (
    select campaign_id, arg_max(audience, (delivered, audience)) as audience from lists
    group by campaign_id
),

ads as (
    select
        campaign_id,
        ad_name,
        adset_name,
        impressions,
        clicks,
        -- Not least() alone: it leaves out what is unknown.
        case when conversions > clicks then clicks else floor(conversions) end as conversions
    from {{ ref('fct_ad_performance') }}
    where not coalesce(is_provisional, false)
),

-- Nine of ten leads that became customers had done so after so many days.
delay as (
    select cast(coalesce(quantile_disc(cast(customer_at as date) - lead_created_on, 0.9), 0) as integer) as days
    from {{ ref('mart_lead_journey') }}
    where customer_at is not null
),

leads as (
    select journeys.campaign_id, journeys.segment, journeys.customer_at
    from {{ ref('mart_lead_journey') }} as journeys
    cross join delay
    where journeys.lead_created_on + delay.days <= {{ data_as_of() }}
),

deals as (
    select origin_campaign_id as campaign_id, distribution_channel, status
    from {{ ref('fct_opportunity') }}
    where is_in_win_rate and status in ('won', 'lost')
),

variants as (
    select
        'message' as lever, 'mail subject' as variant_kind, mails.campaign_id, mails.message as variant,
        sum(mails.delivered) as cases, sum(mails.clicks_unique) as successes
    from mails
    inner join main_lists
        on mails.campaign_id = main_lists.campaign_id and mails.audience is not distinct from main_lists.audience
    group by mails.campaign_id, mails.message
    union all
    select 'message', 'ad', campaign_id, ad_name, sum(impressions), sum(clicks) from ads
    where clicks <= impressions
    group by campaign_id, ad_name
    union all
    select 'audience', 'mail list', campaign_id, audience, sum(delivered), sum(clicks_unique) from mails
    group by campaign_id, audience
    union all
    select 'audience', 'ad set', campaign_id, adset_name, sum(clicks), sum(conversions) from ads
    where conversions is not null
    group by campaign_id, adset_name
    union all
    select 'audience', 'segment', campaign_id, segment, count(*), count(customer_at) from leads
    where segment <> 'Unknown'
    group by campaign_id, segment
    union all
    select
        'distribution_channel', 'distribution channel', campaign_id, distribution_channel, count(*),
        count(*) filter (where status = 'won')
    from deals
    where distribution_channel <> 'Unknown'
    group by campaign_id, distribution_channel
),

final as (
    select
        variants.campaign_id,
        campaigns.campaign_name,
        variants.lever,
        variants.variant_kind,
        variants.variant,
        cast(variants.cases as bigint) as cases,
        cast(variants.successes as bigint) as successes,
        {{ safe_divide('variants.successes', 'variants.cases') }} as success_rate,
        round({{ wilson_bound('variants.successes', 'variants.cases', '-') }}, 9) as success_low,
        round({{ wilson_bound('variants.successes', 'variants.cases', '+') }}, 9) as success_high,
        variants.cases < rules.min_n as is_low_n,
        {{ data_as_of() }} as data_as_of
    from variants
    inner join rules on variants.lever = rules.lever
    left join {{ ref('dim_campaign') }} as campaigns on variants.campaign_id = campaigns.campaign_id
    where variants.variant is not null and variants.campaign_id <> '(none)' and variants.cases > 0
)

select * from final
