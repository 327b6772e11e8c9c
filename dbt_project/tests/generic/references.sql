-- noqa: disable=LT02
{% test references(model, columns) %}
    -- NULL passes: a reference may be unknown, never wrong.
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- for column, target in columns.items() %}
        {%- set field = target.get('field', column) %}
        {%- set orphans -%}
            select '{{ column }} = ' || child.value as example
            from (select {{ column }} as value from {{ model }} where {{ column }} is not null) as child
            left join (select {{ field }} as value from {{ target.to }}) as parent on child.value = parent.value
            where parent.value is null
        {%- endset %}
    {{ failing_query(column ~ ' is not in ' ~ relation_name(target.to) ~ '.' ~ field, orphans) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endtest %}
