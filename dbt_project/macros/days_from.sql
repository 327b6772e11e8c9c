{#- Every day from `first` to `last` (DATE expressions, both inclusive) beside the columns of a relation: date_day. -#}
{% macro days_from(relation, first, last) -%}
    select dated.* exclude (day_value), cast(dated.day_value as date) as date_day
    from (
        select *, unnest(generate_series({{ first }}, {{ last }}, interval 1 day)) as day_value
        from {{ relation }}
    ) as dated
{%- endmacro %}
