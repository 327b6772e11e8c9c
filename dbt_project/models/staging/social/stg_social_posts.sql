with judged as (
    {{ judged_rows('social_posts') }}
),

final as (
    select
        source,
        account_id,
        lower(trim(platform)) as platform,
        post_id,
        page_id,
        page_name,
        post_type,
        permalink,
        published_at,
        nullif(trim(campaign_name), '') as campaign_name,
        impressions,
        coalesce(is_views, false) as is_views,
        reach,
        reactions,
        comments,
        shares,
        saves,
        follows,
        link_clicks,
        clicks,
        engagements,
        video_views,
        conversions
    from judged
    where _outcome = 'current'
)

select * from final
