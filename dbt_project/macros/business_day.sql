{#- The reporting day of a UTC instant: its date in the one business time zone (G10). DATE. -#}
{% macro business_day(utc_timestamp) -%}
    cast(timezone('{{ var("business_timezone") }}', timezone('UTC', {{ utc_timestamp }})) as date)
{%- endmacro %}
