{{ broken_rows([
    ref('stg_web_periods'),
    ref('stg_web_traffic')
]) }}
