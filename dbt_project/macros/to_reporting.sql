{#-
A native media amount in the reporting currency with six decimals: DECIMAL(18,6); NULL without a rate.
Media spend is not cut to cents: a day of one ad costs fractions of a cent, and thousands of rows are summed.
-#}
{% macro to_reporting(amount, rate) -%}
    cast(round(cast({{ amount }} as decimal(18, 6)) * cast({{ rate }} as decimal(28, 16)), 6) as decimal(18, 6))
{%- endmacro %}
