{{ broken_rows([
    ref('dim_goal_period'),
    ref('fct_goal_progress'),
    ref('mart_goal_attainment'),
    ref('mart_goal_deal'),
    ref('mart_goal_gap'),
    ref('mart_goal_history'),
    ref('mart_goal_smart'),
    ref('mart_goal_tree'),
    ref('mart_metric_daily')
]) }}
