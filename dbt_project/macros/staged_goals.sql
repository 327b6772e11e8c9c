{#- Typed columns of a version of a goal. -#}
{% macro staged_goals() -%}
    goal_id,
    coalesce(goal_version, 1) as goal_version,
    coalesce(valid_from, start_date) as valid_from,
    coalesce(nullif(trim(goal_name), ''), goal_id) as goal_name,
    lower(trim(metric)) as metric,
    coalesce(lower(nullif(trim(scope_type), '')), 'company') as scope_type,
    coalesce(nullif(trim(scope), ''), '') as scope,
    owner,
    lower(trim(direction)) as direction,
    coalesce(lower(nullif(trim(target_kind), '')), 'absolute') as target_kind,
    target_value,
    baseline_value,
    baseline_start,
    baseline_end,
    start_date,
    end_date,
    lower(trim(cadence)) as cadence,
    upper(nullif(trim(currency), '')) as currency,
    parent_goal_id,
    weight
{%- endmacro %}
