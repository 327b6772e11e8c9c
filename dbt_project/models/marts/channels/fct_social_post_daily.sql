with posts as (
    select * from {{ ref('int_social_post_daily') }}
),

final as (
    select
        date_day,
        snapshot_on,
        published_on,
        channel,
        source,
        account_id,
        platform,
        post_id,
        campaign_id,
        impressions,
        is_views,
        coalesce(link_clicks, clicks) as social_clicks,
        link_clicks is null and clicks is not null as is_all_clicks,
        link_clicks,
        clicks as clicks_all,
        conversions,
        reactions,
        comments,
        shares,
        saves,
        follows,
        engagements,
        video_views,
        is_first_reading,
        is_counter_reset,
        is_definition_changed,
        {{ data_as_of() }} as data_as_of
    from posts
)

select * from final
