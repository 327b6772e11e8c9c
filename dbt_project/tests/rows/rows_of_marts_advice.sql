{{ broken_rows([
    ref('mart_budget_plan'),
    ref('mart_campaign_variant'),
    ref('mart_campaign_week'),
    ref('mart_recommendation'),
    ref('mart_spend_response')
]) }}
