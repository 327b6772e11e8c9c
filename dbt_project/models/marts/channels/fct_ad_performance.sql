with ads as (
    select * from {{ ref('int_ads_day') }}
),

final as (
    select
        date_day,
        channel,
        source,
        account_id,
        account_name,
        level as report_level,
        campaign_id,
        source_campaign_id,
        campaign_name,
        campaign_type,
        adset_id,
        adset_name,
        ad_id,
        ad_name,
        breakdown,
        result_type,
        currency,
        spend as spend_native,
        spend_reporting,
        fx_rate,
        fx_date,
        is_fx_missing,
        impressions,
        clicks,
        clicks_all,
        conversions,
        conversion_value as conversion_value_native,
        conversion_value_reporting,
        purchases,
        purchase_value as purchase_value_native,
        purchase_value_reporting,
        leads,
        results,
        reach,
        video_views,
        engagements,
        is_provisional,
        coalesce(clicks > impressions, false) as has_more_clicks_than_impressions,
        {{ safe_divide('spend_reporting', 'clicks') }} as cpc,
        1000 * {{ safe_divide('spend_reporting', 'impressions') }} as cpm,
        {{ safe_divide('clicks', 'impressions') }} as ctr,
        {{ safe_divide('spend_reporting', 'conversions') }} as cost_per_conversion,
        {{ safe_divide('spend_reporting', 'purchases') }} as cpa_platform,
        {{ data_as_of() }} as data_as_of
    from ads
)

select * from final
