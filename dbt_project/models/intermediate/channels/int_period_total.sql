-- Totals that platforms report for a whole week, month, quarter or year, and whether daily data covers any of it.
with totals as (
    select
        'ads' as channel_kind, period_start, period_end, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'spend_reporting': 'spend_reporting', 'impressions': 'impressions', 'clicks': 'clicks',
            'conversions': 'conversions', 'conversion_value_reporting': 'conversion_value_reporting',
            'purchases': 'purchases', 'purchase_value_reporting': 'purchase_value_reporting', 'ad_leads': 'leads',
            'spend_native': 'spend', 'currency': 'currency', 'is_fx_missing': 'is_fx_missing',
            'attribution_window': 'counted_window'
        }) }}
    from {{ ref('int_ads_period') }}
    union all
    select
        'web', period_start, period_end, channel, source, account_id, campaign_id,
        {{ kpi_columns({
            'sessions': 'sessions', 'engaged_sessions': 'engaged_sessions', 'page_views': 'page_views',
            'key_events': 'key_events', 'web_revenue_reporting': 'revenue_reporting', 'is_fx_missing': 'is_fx_missing'
        }) }}
    from {{ ref('int_web_period') }}
    union all
    select
        'social', period_start, period_end, channel, source, account_id, '(none)',
        {{ kpi_columns({
            'social_impressions_organic': 'impressions_organic', 'social_impressions_paid': 'impressions_paid',
            'social_impressions_unsplit': 'impressions_unsplit', 'social_clicks_organic': 'clicks_organic',
            'social_clicks_paid': 'clicks_paid', 'social_clicks_unsplit': 'clicks_unsplit',
            'social_conversions_organic': 'conversions_organic', 'social_conversions_paid': 'conversions_paid',
            'social_conversions_unsplit': 'conversions_unsplit'
        }) }}
    from {{ ref('int_social_page_period') }}
),

data_days as (
    select distinct 'ads' as channel_kind, source, account_id, date_day from {{ ref('int_ads_day') }}
    union all
    select distinct 'web', source, account_id, date_day from {{ ref('int_web_day') }}
    union all
    select distinct 'social', source, account_id, date_day from {{ ref('int_social_day') }}
),

coverage as (
    select
        spans.channel_kind,
        spans.source,
        spans.account_id,
        spans.period_start,
        spans.period_end,
        count(data_days.date_day) as days_with_data
    from (
        select distinct channel_kind, source, account_id, period_start, period_end from totals
    ) as spans
    left join data_days
        on
            spans.channel_kind = data_days.channel_kind
            and spans.source = data_days.source
            and spans.account_id = data_days.account_id
            and data_days.date_day between spans.period_start and spans.period_end
    group by spans.channel_kind, spans.source, spans.account_id, spans.period_start, spans.period_end
),

final as (
    select
        totals.*,
        coverage.days_with_data,
        case
            when
                totals.period_start = date_trunc('week', totals.period_start)
                and totals.period_end = totals.period_start + interval 6 day then 'week'
            when
                totals.period_start = date_trunc('month', totals.period_start)
                and totals.period_end = totals.period_start + interval 1 month - interval 1 day then 'month'
            when
                totals.period_start = date_trunc('quarter', totals.period_start)
                and totals.period_end = totals.period_start + interval 3 month - interval 1 day then 'quarter'
            when
                totals.period_start = date_trunc('year', totals.period_start)
                and totals.period_end = totals.period_start + interval 1 year - interval 1 day then 'year'
        end as period_type
    from totals
    inner join coverage using (channel_kind, source, account_id, period_start, period_end)
)

select * from final
