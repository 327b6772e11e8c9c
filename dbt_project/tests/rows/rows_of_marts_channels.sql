{{ broken_rows([
    ref('fct_ad_performance'),
    ref('fct_cost'),
    ref('fct_email_campaign'),
    ref('fct_search_performance'),
    ref('fct_social_post_daily'),
    ref('fct_web_traffic'),
    ref('mart_channel_kpi_daily'),
    ref('mart_channel_kpi_period'),
    ref('mart_conversion_reconciliation'),
    ref('mart_cost_overlap'),
    ref('mart_landing_page'),
    ref('mart_period_reconciliation'),
    ref('mart_social_conversion'),
    ref('mart_visitor')
]) }}
