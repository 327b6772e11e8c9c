{{ broken_rows([
    ref('bridge_opportunity_campaign'),
    ref('bridge_opportunity_value'),
    ref('fct_attribution'),
    ref('fct_conversion_path'),
    ref('fct_influence_points'),
    ref('fct_touchpoint'),
    ref('mart_attribution'),
    ref('mart_attribution_disagreement'),
    ref('mart_attribution_markov'),
    ref('mart_attribution_share'),
    ref('mart_campaign_scorecard'),
    ref('mart_channel_ranking'),
    ref('mart_crm_attribution'),
    ref('mart_crm_influence'),
    ref('mart_department_contribution'),
    ref('mart_tracking_gap')
]) }}
