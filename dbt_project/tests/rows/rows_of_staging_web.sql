{{ broken_rows([
    ref('stg_landing_pages'),
    ref('stg_search_performance'),
    ref('stg_search_periods'),
    ref('stg_web_internal_text'),
    ref('stg_web_periods'),
    ref('stg_web_traffic')
]) }}
