with web as (
    select * from {{ ref('int_web_day') }}
),

final as (
    select
        date_day,
        channel,
        source,
        account_id,
        property_name,
        channel_group as source_channel_group,
        session_source,
        session_medium,
        campaign_id,
        campaign_name as source_campaign_name,
        landing_page,
        breakdown,
        users,
        active_users,
        new_users,
        sessions,
        engaged_sessions,
        {{ safe_divide('engaged_sessions', 'sessions') }} as engagement_rate,
        engagement_seconds,
        event_count,
        page_views,
        key_events,
        {{ safe_divide('key_events', 'sessions') }} as key_event_rate,
        currency,
        revenue as revenue_native,
        revenue_reporting,
        fx_rate,
        is_fx_missing,
        {{ data_as_of() }} as data_as_of
    from web
)

select * from final
