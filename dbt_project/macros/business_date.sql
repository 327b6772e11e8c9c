{#- The reporting day of a UTC instant: its date in the configured business time zone (G10). -#}
{% macro business_date(instant) -%}
    {{ adapter.dispatch('business_date', 'funnelhouse')(instant) }}
{%- endmacro %}

{% macro default__business_date(instant) -%}
    {%- if var('business_timezone') == 'UTC' -%}
    cast({{ instant }} as date)
    {%- else -%}
    cast((cast({{ instant }} as timestamp) at time zone 'UTC' at time zone '{{ var("business_timezone") }}') as date)
    {%- endif -%}
{%- endmacro %}
