{#- The UTC instant at which a business day (DATE) ends: the first one of the next day. TIMESTAMP. -#}
{% macro end_of_business_day(day) -%}
    {{ start_of_business_day('cast(' ~ day ~ ' as timestamp) + interval 1 day') }}
{%- endmacro %}
