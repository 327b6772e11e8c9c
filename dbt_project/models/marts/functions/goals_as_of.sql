-- How each goal stood at the end of a business day (R094, R095), by due date; one that had ended as it ended. Nothing
-- of goals that had not begun, and nothing for days after the reporting date.
select
    goal_id,
    goal_name as goal,
    concat_ws(' ', scope_type, nullif(scope, '')) as scope,
    owner,
    metric,
    end_date as due,
    target_per,
    period_start,
    period_end,
    actual,
    expected_to_date,
    target,
    unit,
    is_rate,
    currency,
    attainment,
    pace,
    projection,
    projection_low,
    projection_high,
    required_run_rate,
    status,
    status_rule,
    goal_status,
    {{ asked_day() }} as goals_on
from {{ ref('mart_goal_attainment').include(database=false) }}
where date_day <= {{ asked_day() }} and {{ asked_day() }} <= data_as_of
qualify row_number() over (partition by goal_id order by date_day desc) = 1
order by end_date, goal_name, goal_id
