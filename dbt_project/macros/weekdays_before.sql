{#- How many days from Monday to Friday there were before a day (DATE expression), since 1 January 1900, a Monday. BIGINT. -#}
{% macro weekdays_before(day) -%}
    (({{ day }} - date '1900-01-01') // 7 * 5 + least(({{ day }} - date '1900-01-01') % 7, 5))
{%- endmacro %}
