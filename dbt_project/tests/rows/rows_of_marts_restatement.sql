{{ broken_rows([
    ref('fct_ad_performance_version'),
    ref('fct_crm_record_version'),
    ref('fct_email_campaign_version'),
    ref('fct_plan_version'),
    ref('fct_social_page_version'),
    ref('fct_web_traffic_version'),
    ref('mart_restatement')
]) }}
