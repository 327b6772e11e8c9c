select
    plan_id as goal_id,
    goal_version,
    valid_from,
    goal_name,
    metric,
    scope_type,
    scope,
    owner,
    direction,
    target_kind,
    target_value,
    start_date,
    end_date,
    cadence,
    currency,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_plan_version').include(database=false) }}
where plan_kind = 'goal' and {{ was_reported() }}
