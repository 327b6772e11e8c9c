{{ broken_rows([
    ref('mart_metric_trust'),
    ref('mart_period_comparison')
]) }}
