{#- The UTC instant at which a business day (DATE) begins: where all that is known of a moment is its day. TIMESTAMP. -#}
{% macro start_of_business_day(day) -%}
    {%- if var("business_timezone") == 'UTC' -%}
        cast({{ day }} as timestamp)
    {%- else -%}
        timezone('UTC', timezone('{{ var("business_timezone") }}', cast({{ day }} as timestamp)))
    {%- endif -%}
{%- endmacro %}
