{#- Day whose exchange rate a CRM record's amount takes: its close, once it has come; its start; else its creation. -#}
{% macro record_rate_day(alias) -%}
    coalesce(
        case when {{ alias }}.closed_on <= {{ data_as_of() }} then {{ alias }}.closed_on end,
        {{ alias }}.started_on,
        {{ alias }}.created_on
    )
{%- endmacro %}
