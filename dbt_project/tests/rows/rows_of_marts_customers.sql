{{ broken_rows([
    ref('fct_customer_span'),
    ref('fct_subscription'),
    ref('fct_support_ticket'),
    ref('mart_churn'),
    ref('mart_customer_value'),
    ref('mart_customer_value_cohort'),
    ref('mart_expansion'),
    ref('mart_fit_grade'),
    ref('mart_lead_fit'),
    ref('mart_mrr'),
    ref('mart_pareto'),
    ref('mart_retention'),
    ref('mart_retention_cohort'),
    ref('mart_upsell_signal')
]) }}
