{% test no_overlap(model, entity, valid_from, valid_to) %}
    -- Half-open intervals [valid_from, valid_to) of one entity: positive length and no two at once (G8).
    with intervals as (
        select
            {{ entity | join(', ') }}, {{ valid_from }} as starts, {{ valid_to }} as ends,
            lead({{ valid_from }}) over (partition by {{ entity | join(', ') }} order by {{ valid_from }}) as next_starts
        from {{ model }}
    )

    select * from intervals where starts is null or ends <= starts or next_starts < coalesce(ends, next_starts + 1)
{% endtest %}
