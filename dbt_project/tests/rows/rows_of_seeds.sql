{{ broken_rows([
    ref('activity_types'),
    ref('channel_rules'),
    ref('channels'),
    ref('conversion_pairs'),
    ref('cost_steps'),
    ref('countries'),
    ref('currencies'),
    ref('deal_rules'),
    ref('departments'),
    ref('distribution_channels'),
    ref('funnel_stages'),
    ref('goal_metrics'),
    ref('internal_records'),
    ref('pipeline_stages'),
    ref('pipeline_steps'),
    ref('product_bundles'),
    ref('subscription_terms')
]) }}
