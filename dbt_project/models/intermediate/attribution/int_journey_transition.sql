-- noqa: disable=LT02
-- How often each channel or campaign followed another on the ways of int_journey_step, from the start to the conversion
-- or to its absence: the counts of a first-order Markov chain. A step to the same place changes no effect.
with steps as (
    select * from {{ ref('int_journey_step') }}
),

{% for dimension in ['channel', 'campaign_id'] %}
    placed_{{ dimension }} as (
        select
            stage,
            '{{ dimension | replace("_id", "") }}' as dimension_type,
            is_converted,
            {{ dimension }} as place,
            lag({{ dimension }}) over journey as place_before,
            lead({{ dimension }}) over journey as place_after
        from steps
        window journey as (partition by stage, journey_id, is_converted order by position)
    ),
{% endfor %}

placed as (
    select * from placed_channel
    union all
    select * from placed_campaign_id
),

moves as (
    select stage, dimension_type, 'start' as kind, null as from_key, place as to_key
    from placed
    where place_before is null
    union all
    select stage, dimension_type, 'step', place, place_after
    from placed
    where place <> place_after
    union all
    select stage, dimension_type, case when is_converted then 'conversion' else 'end' end, place, null
    from placed
    where place_after is null
),

final as (
    select stage, dimension_type, kind, from_key, to_key, count(*) as journeys
    from moves
    group by stage, dimension_type, kind, from_key, to_key
)

select * from final
