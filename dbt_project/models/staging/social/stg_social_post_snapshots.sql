-- Every export is one reading of a post's lifetime counters; the last reading of a business day stands for the day.
with judged as (
    {{ row_outcomes(
        source('raw', 'social_posts'), entity_rules('social_posts')['key'] + ['_exported_at']
    ) }}
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
        {{ business_day('_exported_at') }} as snapshot_on,
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
    where _outcome in ('current', 'not_in_newest')
    qualify row_number() over (
        partition by source, account_id, lower(trim(platform)), post_id, {{ business_day('_exported_at') }}
        order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
)

select * from final
