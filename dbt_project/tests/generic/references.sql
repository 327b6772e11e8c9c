-- noqa: disable=LT02
{% test references(model, columns) %}
    -- NULL passes: a reference may be unknown, never wrong.
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- set queries = [] %}
    {%- for column, target in columns.items() %}
        {%- set field = target.get('field', column) %}
        {%- set orphans -%}
            select child.{{ column }}
            from {{ model }} as child
            left join (select {{ field }} as value from {{ target.to }}) as parent on child.{{ column }} = parent.value
            where child.{{ column }} is not null and parent.value is null
        {%- endset %}
        {%- set problem = column ~ ' is not in ' ~ relation_name(target.to) ~ '.' ~ field %}
        {%- do queries.append(failing_rows(problem, column, orphans)) %}
    {%- endfor %}
    {{ with_examples(queries | join(' union all ')) }}
{% endtest %}
