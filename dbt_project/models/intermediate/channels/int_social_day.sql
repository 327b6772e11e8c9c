-- Social results of a day, each counted once: a page's own daily figures already hold its posts, so what posts gained
-- between two readings counts only for measures that the page of the same account reports on none of the days between
-- them. A page's figures of the export's own day are not there yet, those of the days before it are.
with posts as (
    select
        date_day,
        source,
        account_id,
        platform,
        channel,
        campaign_id,
        least(coalesce(previous_reading_on + 1, date_day), date_day) as gained_from,
        sum(impressions) as impressions,
        sum(coalesce(link_clicks, clicks)) as clicks,
        sum(conversions) as conversions
    from {{ ref('int_social_post_daily') }}
    group by date_day, source, account_id, platform, channel, campaign_id, gained_from
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

compared as (
    select
        posts.*,
        coalesce(
            bool_or(coalesce(pages.impressions_organic, pages.impressions_unsplit) is not null), false
        ) as has_page_impressions,
        coalesce(bool_or(coalesce(pages.clicks_organic, pages.clicks_unsplit) is not null), false) as has_page_clicks,
        coalesce(
            bool_or(coalesce(pages.conversions_organic, pages.conversions_unsplit) is not null), false
        ) as has_page_conversions
    from posts
    left join pages
        on
            posts.source = pages.source
            and posts.account_id = pages.account_id
            and posts.platform = pages.platform
            and pages.date_day between posts.gained_from and posts.date_day
    group by all
),

counted_posts as (
    select
        date_day,
        source,
        account_id,
        platform,
        channel,
        campaign_id,
        cast(sum(impressions) filter (where not has_page_impressions) as bigint) as impressions_organic,
        cast(sum(clicks) filter (where not has_page_clicks) as bigint) as clicks_organic,
        cast(sum(conversions) filter (where not has_page_conversions) as decimal(18, 6)) as conversions_organic
    from compared
    group by date_day, source, account_id, platform, channel, campaign_id
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
