{#- Typed columns of an ad row, of a day or of a period. -#}
{% macro staged_ads() -%}
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
    -- `Multiple attribution settings`: the sum is one over several windows already.
    case
        when lower(attribution_window) like 'multiple %' then '(several)'
        else nullif(lower(trim(regexp_replace(attribution_window, '\s+', ' ', 'g'))), '')
    end as attribution_window,
    concat_ws(':', _batch_id, _row_number, case when spend is null then nullif(result_type, '') end) as row_id
{%- endmacro %}
