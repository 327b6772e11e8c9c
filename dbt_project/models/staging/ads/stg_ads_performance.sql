with judged as (
    {{ judged_rows('ads_performance') }}
),

final as (
    select
        date as date_day,
        source,
        account_id,
        level,
        nullif(campaign_id, '') as campaign_id,
        nullif(campaign_name, '') as campaign_name,
        campaign_group_id,
        campaign_group_name,
        campaign_type,
        campaign_status,
        adset_id,
        adset_name,
        ad_id,
        ad_name,
        coalesce(breakdown, '') as breakdown,
        account_name,
        upper(nullif(trim(currency), '')) as currency,
        spend,
        impressions,
        clicks,
        clicks_all,
        conversions,
        conversion_value,
        purchases,
        purchase_value,
        leads,
        coalesce(result_type, '') as result_type,
        results,
        reach,
        video_views,
        engagements,
        coalesce(is_provisional, false) as is_provisional,
        concat_ws(':', _batch_id, _row_number, case when spend is null then nullif(result_type, '') end) as row_id
    from judged
    where _outcome = 'current'
)

select * from final
