with current_goals as (
    {{ current_rows(source('raw', 'goals'), ['goal_id', 'goal_version']) }}
),

-- Several goal files may hold the same version of a goal; the newest export decides.
newest as (
    select *
    from current_goals
    qualify row_number() over (
        partition by goal_id, coalesce(goal_version, 1) order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
),

final as (
    select
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
    from newest
    where
        goal_id is not null
        and nullif(trim(metric), '') is not null
        and target_value is not null
        and start_date is not null
        and end_date >= start_date
)

select * from final
