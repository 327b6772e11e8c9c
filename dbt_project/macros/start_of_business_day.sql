{#- The UTC instant at which a reporting day (DATE) begins: where all that is known of a moment is its day. TIMESTAMP. -#}
{% macro start_of_business_day(day) -%}
    timezone('UTC', timezone('{{ var("business_timezone") }}', cast({{ day }} as timestamp)))
{%- endmacro %}
