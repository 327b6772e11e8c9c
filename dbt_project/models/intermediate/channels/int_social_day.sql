-- Social results of a day, each counted once: a page's own daily figures already hold its posts, so posts count only
-- for measures and days that the page of the same account does not report.
with posts as (
    select
        date_day,
        source,
        account_id,
        platform,
        channel,
        campaign_id,
        cast(sum(impressions) as bigint) as impressions_organic,
        cast(sum(coalesce(link_clicks, clicks)) as bigint) as clicks_organic,
        cast(sum(conversions) as decimal(18, 6)) as conversions_organic
    from {{ ref('int_social_post_daily') }}
    group by date_day, source, account_id, platform, channel, campaign_id
),

pages as (
    select
        date_day,
        source,
        account_id,
        platform,
        channel,
        cast(sum(impressions_organic) as bigint) as impressions_organic,
        cast(sum(impressions_paid) as bigint) as impressions_paid,
        cast(sum(impressions_unsplit) as bigint) as impressions_unsplit,
        cast(sum(clicks_organic) as bigint) as clicks_organic,
        cast(sum(clicks_paid) as bigint) as clicks_paid,
        cast(sum(clicks_unsplit) as bigint) as clicks_unsplit,
        cast(sum(conversions_organic) as decimal(18, 6)) as conversions_organic,
        cast(sum(conversions_paid) as decimal(18, 6)) as conversions_paid,
        cast(sum(conversions_unsplit) as decimal(18, 6)) as conversions_unsplit
    from {{ ref('int_social_page_day') }}
    group by date_day, source, account_id, platform, channel
),

counted_posts as (
    select
        posts.date_day,
        posts.source,
        posts.account_id,
        posts.platform,
        posts.channel,
        posts.campaign_id,
        case
            when coalesce(pages.impressions_organic, pages.impressions_unsplit) is null then posts.impressions_organic
        end as impressions_organic,
        case
            when coalesce(pages.clicks_organic, pages.clicks_unsplit) is null then posts.clicks_organic
        end as clicks_organic,
        case
            when coalesce(pages.conversions_organic, pages.conversions_unsplit) is null then posts.conversions_organic
        end as conversions_organic
    from posts
    left join pages using (date_day, source, account_id, platform)
),

final as (
    select
        date_day, source, account_id, platform, channel, campaign_id, 'post' as measured_on,
        impressions_organic, clicks_organic, conversions_organic,
        cast(null as bigint) as impressions_paid, cast(null as bigint) as clicks_paid,
        cast(null as decimal(18, 6)) as conversions_paid,
        cast(null as bigint) as impressions_unsplit, cast(null as bigint) as clicks_unsplit,
        cast(null as decimal(18, 6)) as conversions_unsplit
    from counted_posts
    union all
    select
        date_day, source, account_id, platform, channel, '(none)', 'page',
        impressions_organic, clicks_organic, conversions_organic,
        impressions_paid, clicks_paid, conversions_paid,
        impressions_unsplit, clicks_unsplit, conversions_unsplit
    from pages
)

select * from final
