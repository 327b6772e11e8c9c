-- Points of each touch under the models of seed influence_rules (R054): the sum of the rules that hold for it,
-- never below 0.
with path as (
    select * from {{ ref('int_attribution_touch') }}
),

models as (
    select distinct model, {{ people_of_model() }} as people from {{ ref('influence_rules') }}
),

matches as (
    select stage, conversion_id, touch_id, model, sum(points) as points
    from {{ ref('int_influence_match') }}
    group by stage, conversion_id, touch_id, model
),

final as (
    select
        path.stage,
        path.conversion_id,
        path.people,
        path.touch_id,
        models.model,
        cast(greatest(coalesce(matches.points, 0), 0) as bigint) as points
    from path
    inner join models on path.people in ('both', models.people)
    left join matches
        on
            path.stage = matches.stage
            and path.conversion_id = matches.conversion_id
            and path.touch_id = matches.touch_id
            and models.model = matches.model
)

select * from final
