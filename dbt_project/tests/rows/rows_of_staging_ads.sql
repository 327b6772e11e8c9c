{{ broken_rows([
    ref('stg_ads_performance'),
    ref('stg_ads_periods')
]) }}
