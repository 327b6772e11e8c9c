-- What each campaign with ad spend cost and brought, week by week: what mart_budget_plan learns from (R109). The credit
-- of a sale stands in the week of the touch it goes to, so that money and what it brought meet in one row.
with ads as (
    select
        campaign_id,
        source,
        account_id,
        cast(date_trunc('week', date_day) as date) as week_start,
        spend_reporting,
        clicks
    from {{ ref('fct_ad_performance') }}
    where campaign_id <> '(none)'
),

spend as (
    select campaign_id, week_start, sum(spend_reporting) as spend, sum(clicks) as clicks
    from ads
    group by campaign_id, week_start
),

-- A week without a row is a pause only if its account told anything about that week.
told_weeks as (
    select distinct campaigns.campaign_id, weeks.week_start
    from (select distinct campaign_id, source, account_id from ads) as campaigns
    inner join (select distinct source, account_id, week_start from ads) as weeks
        on campaigns.source = weeks.source and campaigns.account_id = weeks.account_id
),

first_weeks as (
    select campaign_id, min(week_start) as week_start from spend
    where spend > 0
    group by campaign_id
),

credits as (
    select
        campaign_id,
        {{ business_day('touched_at') }} as touched_on,
        converted_on,
        weight,
        amount_reporting
    from {{ ref('fct_attribution') }}
    where stage = 'Won' and model = '{{ var("advice_model") }}' and touch_id is not null
),

-- Nine of ten credits have come so many days after their touch.
delay as (
    select cast(coalesce(quantile_disc(converted_on - touched_on, 0.9), 0) as integer) as days from credits
),

sales as (
    select
        campaign_id,
        cast(date_trunc('week', touched_on) as date) as week_start,
        sum(weight) as sales,
        sum(amount_reporting) as revenue
    from credits
    group by all
),

final as (
    select
        told_weeks.campaign_id,
        campaigns.campaign_name,
        told_weeks.week_start,
        cast(coalesce(spend.spend, 0) as decimal(18, 6)) as spend_reporting,
        cast(coalesce(spend.clicks, 0) as bigint) as clicks,
        cast(coalesce(sales.sales, 0) as decimal(18, 9)) as sales,
        cast(coalesce(sales.revenue, 0) as decimal(18, 2)) as revenue_reporting,
        told_weeks.week_start + 6 + delay.days <= {{ data_as_of() }} as is_mature,
        {{ data_as_of() }} as data_as_of
    from told_weeks
    inner join first_weeks
        on told_weeks.campaign_id = first_weeks.campaign_id and told_weeks.week_start >= first_weeks.week_start
    cross join delay
    left join spend on told_weeks.campaign_id = spend.campaign_id and told_weeks.week_start = spend.week_start
    left join sales on told_weeks.campaign_id = sales.campaign_id and told_weeks.week_start = sales.week_start
    left join {{ ref('dim_campaign') }} as campaigns on told_weeks.campaign_id = campaigns.campaign_id
    -- A week that is not over would look like little spend.
    where told_weeks.week_start + 6 <= {{ data_as_of() }}
)

select * from final
