{#-
The business day of a UTC instant: its date in the one business time zone (G10). DATE. In UTC it is the date as it
stands: a conversion there and back costs fifty times a cast.
-#}
{% macro business_day(utc_timestamp) -%}
    {%- if var("business_timezone") == 'UTC' -%}
        cast({{ utc_timestamp }} as date)
    {%- else -%}
        cast(timezone('{{ var("business_timezone") }}', timezone('UTC', {{ utc_timestamp }})) as date)
    {%- endif -%}
{%- endmacro %}
