{{ broken_rows([
    ref('mart_goal_attainment')
]) }}
