{{ broken_rows([
    ref('mart_period_comparison')
]) }}
