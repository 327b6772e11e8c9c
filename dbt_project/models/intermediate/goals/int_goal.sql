-- Each version of each goal with its metric, whether it can be measured, and the days it counts (R092).
with goals as (
    select * from {{ ref('stg_goals') }}
),

metrics as (
    select * from {{ ref('goal_metrics') }}
),

-- Nothing loaded is not the same as nothing achieved (G3).
loaded as (
    select * from {{ ref('int_loaded_entity') }}
),

known_scopes as (
    select distinct goal_id, goal_version from {{ ref('int_goal_scope') }}
),

-- A product that is sold under another spelling, too: what was sold of it is not known.
misspelled as (
    select scopes.goal_id, scopes.goal_version, min(products.value) as spelled_otherwise
    from {{ ref('int_goal_scope') }} as scopes
    inner join {{ ref('int_unmatched_product') }} as products on scopes.scope_id = products.nearest_product_id
    group by scopes.goal_id, scopes.goal_version
),

final as (
    select
        goals.*,
        metrics.metric_kind,
        metrics.spread,
        metrics.unit,
        coalesce(metrics.unit = 'money', false) as is_money,
        coalesce(metrics.unit = 'share', false) as is_rate,
        metrics.lowest,
        metrics.highest,
        metrics.default_direction,
        known_scopes.goal_id is not null as is_scope_known,
        coalesce(loaded.is_loaded, false) and known_scopes.goal_id is not null and misspelled.goal_id is null
            as is_measurable,
        misspelled.spelled_otherwise,
        coalesce(
            goals.direction = 'decrease' or goals.target_kind = 'cap'
            or (goals.direction is null and metrics.default_direction = 'decrease'),
            false
        ) as is_lower_better,
        -- The first version counts from the goal's first day, also when it was written down later.
        case
            when row_number() over (partition by goals.goal_id order by goals.valid_from, goals.goal_version) = 1
                then goals.start_date
            else goals.valid_from
        end as counts_from,
        lead(goals.valid_from, 1, date '9999-12-31') over (
            partition by goals.goal_id order by goals.valid_from, goals.goal_version
        ) as counts_until
    from goals
    left join metrics on goals.metric = metrics.metric
    left join loaded on metrics.depends_on = loaded.entity
    left join known_scopes on goals.goal_id = known_scopes.goal_id and goals.goal_version = known_scopes.goal_version
    left join misspelled on goals.goal_id = misspelled.goal_id and goals.goal_version = misspelled.goal_version
)

select * from final
