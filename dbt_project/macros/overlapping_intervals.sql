{#- Half-open intervals [valid_from, valid_to) that have no length or overlap the next of their entity (G8). -#}
{% macro overlapping_intervals(relation, entity, valid_from, valid_to) -%}
    select *
    from (
        select
            {{ entity }}, {{ valid_from }} as starts, {{ valid_to }} as ends,
            lead({{ valid_from }}) over (partition by {{ entity }} order by {{ valid_from }}) as next_starts
        from {{ relation }}
    )
    where starts is null or ends <= starts or next_starts < coalesce(ends, next_starts + 1)
{%- endmacro %}
