-- How goals add up to the goal they serve, day by day (R105, R106): how much of it is assigned, what each brings to it,
-- and what the goals below it come to by their weights.
with goals as (
    select * from {{ ref('mart_goal_attainment') }}
),

pairs as (
    select
        parents.goal_id as parent_goal_id,
        children.goal_id as child_goal_id,
        children.date_day,
        parents.goal_name as parent_name,
        children.goal_name as child_name,
        children.scope_type,
        children.scope,
        children.weight,
        parents.target as parent_target,
        parents.actual as parent_actual,
        parents.attainment as parent_attainment,
        children.target as child_target,
        children.actual as child_actual,
        children.attainment as child_attainment,
        children.status as child_status,
        -- Only parts of the same whole add up.
        coalesce(
            children.metric = parents.metric
            and children.metric_kind = 'additive'
            and children.target_kind <> 'cap' and parents.target_kind <> 'cap'
            and children.period_start = parents.period_start and children.period_end = parents.period_end,
            false
        ) as is_part,
        children.is_latest,
        children.data_as_of
    from goals as children
    inner join goals as parents
        on children.parent_goal_id = parents.goal_id and children.date_day = parents.date_day
    where children.goal_id <> parents.goal_id
),

summed as (
    select
        *,
        count(*) over family as children,
        sum(case when is_part then cast(child_target as decimal(24, 6)) end) over family as children_target,
        sum(case when is_part then cast(child_actual as decimal(24, 6)) end) over family as children_actual,
        coalesce(weight, case when is_part then {{ safe_divide('child_target', 'parent_target') }} end, 1.0)
            as weight_used
    from pairs
    window family as (partition by parent_goal_id, date_day)
),

final as (
    select
        parent_goal_id,
        child_goal_id,
        date_day,
        parent_name,
        child_name,
        scope_type,
        scope,
        is_part,
        parent_target,
        child_target,
        case when is_part then {{ safe_divide('child_target', 'parent_target') }} end as target_share,
        parent_actual,
        child_actual,
        case when is_part then {{ safe_divide('child_actual', 'parent_actual') }} end as contribution,
        child_attainment,
        child_status,
        children,
        cast(children_target as decimal(24, 6)) as children_target,
        {{ safe_divide('children_target', 'parent_target') }} as coverage,
        case
            when children_target is null or parent_target is null then null
            when children_target > parent_target * 1.005 then 'over-assigned'
            when children_target < parent_target * 0.995 then 'under-assigned'
            else 'assigned'
        end as assignment,
        cast(cast(parent_actual as decimal(24, 6)) - children_actual as decimal(24, 6)) as actual_of_nobody,
        weight_used,
        parent_attainment,
        round({{ safe_divide(
            'sum(weight_used * child_attainment) over same_parent',
            'sum(case when child_attainment is not null then weight_used end) over same_parent'
        ) }}, 9) as children_attainment,
        is_latest,
        data_as_of
    from summed
    window same_parent as (
        partition by parent_goal_id, date_day order by child_goal_id
        rows between unbounded preceding and unbounded following
    )
)

select * from final
