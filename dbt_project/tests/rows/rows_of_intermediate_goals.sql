{{ broken_rows([
    ref('int_goal'),
    ref('int_goal_metric_day'),
    ref('int_goal_scope')
]) }}
