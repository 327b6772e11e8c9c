{#-
An amount of the reporting currency, rounded half away from zero to its ISO 4217 exponent (at most cents): DECIMAL(18,2).
Dong and yen therefore come out whole.
-#}
{% macro round_reporting(amount) -%}
    {%- set digits = [currency_exponent(var('reporting_currency')) | int, 2] | min -%}
    cast(round({{ amount }}, {{ digits }}) as decimal(18, 2))
{%- endmacro %}
