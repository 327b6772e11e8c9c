{{ config(tags=['dated']) }}
-- Return on ad spend per day and scope: revenue on the day of the sale over media spend on the day it was spent (R080).
with sales as (
    select
        deals.closed_on,
        deals.amount_reporting,
        deals.channel,
        deals.origin_campaign_id as campaign_id,
        coalesce(channels.is_paid, false) as is_paid
    from {{ ref('int_opportunity') }} as deals
    left join {{ ref('channels') }} as channels on deals.channel = channels.channel
    where deals.is_won and deals.closed_on is not null and deals.amount_reporting is not null
),

spend as (
    select date_day, amount_reporting, channel, campaign_id
    from {{ ref('int_cost_target') }}
    where
        kind = 'actual' and department = 'marketing' and category = 'media' and amount_reporting is not null
),

amounts as (
    select
        'roas' as metric, closed_on as date_day, amount_reporting as numerator, 0 as denominator, channel, campaign_id
    from sales
    where is_paid
    union all
    select 'roas_blended', closed_on, amount_reporting, 0, channel, campaign_id from sales
    union all
    select metrics.metric, spend.date_day, 0, spend.amount_reporting, spend.channel, spend.campaign_id
    from spend
    cross join (select unnest(['roas', 'roas_blended']) as metric) as metrics
),

-- Marketing spends for channels and campaigns, not for teams.
events as (
    select
        amounts.*,
        campaigns.campaign_name,
        cast(null as varchar) as team,
        cast(null as varchar) as rep_id,
        cast(null as varchar) as rep_name,
        cast(null as varchar) as region,
        cast(null as varchar) as product_id,
        cast(null as varchar) as product_name
    from amounts
    left join {{ ref('int_campaign') }} as campaigns on amounts.campaign_id = campaigns.campaign_id
),

final as (
    {{ by_goal_scope('events') }}
)

select * from final
