{#- Typed columns of a web row, of a day or of a period. -#}
{% macro staged_web() -%}
    source,
    account_id,
    property_name,
    nullif(channel_group, '') as channel_group,
    nullif(session_source, '') as session_source,
    nullif(session_medium, '') as session_medium,
    nullif(campaign_name, '') as campaign_name,
    landing_page,
    coalesce(breakdown, '') as breakdown,
    users,
    active_users,
    new_users,
    sessions,
    -- Estimates of a large property may exceed their whole by a few.
    least(engaged_sessions, sessions) as engaged_sessions,
    engagement_seconds,
    event_count,
    key_events,
    revenue,
    upper(nullif(trim(currency), '')) as currency,
    page_views,
    _batch_id || ':' || _row_number as row_id
{%- endmacro %}
