-- noqa: disable=LT02
-- How often each channel or campaign followed another on the ways of int_journey_step, from the start to the conversion
-- or to its absence: the counts of a first-order Markov chain. A step to the same place changes no effect.
with steps as (
    select * from {{ ref('int_journey_step') }}
),

moves as (
    {% for dimension in ['channel', 'campaign_id'] %}
        select
            stage, '{{ dimension | replace("_id", "") }}' as dimension_type, 'start' as kind, null as from_key,
            {{ dimension }} as to_key, count(*) as journeys
        from steps
        where position = 1
        group by stage, {{ dimension }}
        union all
        select
            stage, '{{ dimension | replace("_id", "") }}',
            case when next_{{ dimension }} is not null then 'step' when is_converted then 'conversion' else 'end' end,
            {{ dimension }}, next_{{ dimension }}, count(*)
        from steps
        where {{ dimension }} is distinct from next_{{ dimension }}
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from moves
