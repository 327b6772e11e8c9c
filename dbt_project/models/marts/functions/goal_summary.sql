select
    goal_name as goal,
    concat_ws(' ', scope_type, nullif(scope, '')) as scope,
    metric,
    end_date as due,
    actual,
    target,
    currency,
    is_rate,
    100 * attainment as attainment_percent,
    replace(goal_status, '_', ' ') as status
from {{ ref('mart_goal_attainment').include(database=false) }}
where is_latest
order by end_date, goal_name, goal_id
