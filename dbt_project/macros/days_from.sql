{#- Every day from `first` to `last` (DATE expressions, both inclusive) beside the columns of a relation: date_day. -#}
{% macro days_from(relation, first, last) -%}
    select relation_rows.*, cast(days.day_value as date) as date_day
    from {{ relation }} as relation_rows
    cross join lateral unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as days (day_value)
{%- endmacro %}
