-- noqa: disable=LT02
{% test no_overlap(model, entity, valid_from, valid_to) %}
    -- Half-open intervals [valid_from, valid_to) of one entity: positive length and no two at once (G8).
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- set key = entity | join(', ') %}
    {%- set bad -%}
        select {{ shown_values('intervals', key ~ ' starts ends next_starts') }} as example
        from (
            select
                {{ key }}, {{ valid_from }} as starts, {{ valid_to }} as ends,
                lead({{ valid_from }}) over (partition by {{ key }} order by {{ valid_from }}) as next_starts
            from {{ model }}
        ) as intervals
        where starts is null or ends <= starts or next_starts < coalesce(ends, next_starts + 1)
    {%- endset %}
    {{ failing_query('intervals of one ' ~ key ~ ' overlap or have no length', bad) }}
{% endtest %}
