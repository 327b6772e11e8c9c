{{ broken_rows([
    ref('stg_benchmarks'),
    ref('stg_fx_rates'),
    ref('stg_goals'),
    ref('stg_marketing_costs')
]) }}
