-- Which rule of a points model gave which touch how many points (R054).
with matches as (
    select * from {{ ref('int_influence_match') }}
),

final as (
    select
        stage,
        conversion_id,
        touch_id,
        model,
        people,
        criterion,
        label,
        cast(points as bigint) as points,
        {{ data_as_of() }} as data_as_of
    from matches
)

select * from final
