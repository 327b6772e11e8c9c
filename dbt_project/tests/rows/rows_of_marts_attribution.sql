{{ broken_rows([
    ref('bridge_opportunity_campaign'),
    ref('fct_attribution'),
    ref('fct_touchpoint'),
    ref('mart_attribution'),
    ref('mart_attribution_markov')
]) }}
