-- Points of each touch under the models of seed influence_rules (R054): the sum of the rules that hold for it,
-- never below 0. Where no touch of a conversion has points, all have the same.
with path as (
    select * from {{ ref('int_attribution_touch') }}
),

models as (
    select distinct model from {{ ref('influence_rules') }}
),

matches as (
    select stage, conversion_id, touch_id, model, sum(points) as points
    from {{ ref('int_influence_match') }}
    group by stage, conversion_id, touch_id, model
),

summed as (
    select
        path.stage,
        path.conversion_id,
        path.touch_id,
        models.model,
        greatest(coalesce(matches.points, 0), 0) as points
    from path
    cross join models
    left join matches
        on
            path.stage = matches.stage
            and path.conversion_id = matches.conversion_id
            and path.touch_id = matches.touch_id
            and models.model = matches.model
),

final as (
    select
        stage,
        conversion_id,
        touch_id,
        model,
        cast(
            case when sum(points) over (partition by stage, conversion_id, model) = 0 then 1 else points end as bigint
        ) as points
    from summed
)

select * from final
