{#- A native CRM or plan amount in the reporting currency, rounded to its exponent: DECIMAL(18,2); NULL without a rate. -#}
{% macro to_reporting_cents(amount, rate) -%}
    {{ round_reporting('cast(' ~ amount ~ ' as decimal(18, 6)) * cast(' ~ rate ~ ' as decimal(28, 16))') }}
{%- endmacro %}
