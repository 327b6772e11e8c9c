{#-
Ad rows (per day or per period) with channel, conformed campaign and reporting amounts. `rate_day` is the day whose
exchange rate holds.
-#}
{% macro conformed_ads(relation, rate_day) -%}
    with ads as (
        select * from {{ relation }}
    ),

    ad_channels as (
        {{ match_channels(relation, 'ads', 'source', 'campaign_type') }}
    )

    select
        ads.* exclude (campaign_id),
        ads.campaign_id as source_campaign_id,
        coalesce(campaigns.campaign_id, '(none)') as campaign_id,
        coalesce(ad_channels.channel, 'Unknown') as channel,
        -- The window matters where conversions were counted.
        case
            when coalesce(ads.conversions, ads.purchases) is not null
                then coalesce(ads.attribution_window, '(not stated)')
        end as counted_window,
        fx.rate as fx_rate,
        fx.valid_from as fx_date,
        {{ to_reporting('ads.spend', 'fx.rate') }} as spend_reporting,
        {{ to_reporting('ads.conversion_value', 'fx.rate') }} as conversion_value_reporting,
        {{ to_reporting('ads.purchase_value', 'fx.rate') }} as purchase_value_reporting,
        coalesce(ads.spend, ads.conversion_value, ads.purchase_value) is not null and fx.rate is null as is_fx_missing
    from ads
    left join ad_channels
        on ads.source is not distinct from ad_channels.rule_source
        and ads.campaign_type is not distinct from ad_channels.rule_value
    {{ campaign_join('ads', 'ads.source', campaign_record('ads.campaign_id', 'ads.campaign_name')) }}
    {{ fx_join('ads.currency', rate_day) }}
{%- endmacro %}
