-- noqa: disable=LT02
{% test grain(model, columns=[], nullable=[], not_null=[], holds={}) %}
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- set key = columns | join(', ') -%}
    {%- set checks = [] -%}
    {%- for column in columns + not_null if column not in nullable -%}
        {%- set words = key ~ ', ' ~ column -%}
        {%- do checks.append({'problem': column ~ ' is NULL', 'broken': column ~ ' is null', 'shows': words}) -%}
    {%- endfor -%}
    {%- do checks.extend(condition_checks(holds)) -%}
    {%- if checks -%}
        select * from ({{ failing_checks(model, checks) }}) where rows_found > 0
    {%- endif -%}
    {%- if columns %}
        {%- if checks %}
    union all by name
        {%- endif %}
        {%- set repeated -%}
            select {{ shown_values('repeated', key) }} as example
            from (select {{ key }} from {{ model }} group by {{ key }} having count(*) > 1) as repeated
        {%- endset %}
    {{ failing_query(key ~ ' is not unique', repeated) }}
    {%- endif %}
{% endtest %}
