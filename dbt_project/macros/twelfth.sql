{#-
A twelfth of an amount of the reporting currency, rounded half away from zero to its exponent: DECIMAL(18,2). In whole
numbers, because the quotient of decimals is a DOUBLE, which rounds some halves down.
-#}
{% macro twelfth(amount) -%}
    {%- set digits = [currency_exponent(var('reporting_currency')) | int, 2] | min -%}
    {%- set unit = 10 ** (6 - digits) -%}
    {#- Six digits first: a product with an exchange rate has twenty more, and a thousand million would not fit. -#}
    {%- set micros -%} cast(cast({{ amount }} as decimal(32, 6)) * 1000000 as hugeint) {%- endset -%}
    cast(
        cast(sign({{ micros }}) * ((2 * abs({{ micros }}) + {{ 12 * unit }}) // {{ 24 * unit }}) as decimal(24, 2))
        / {{ 10 ** digits }} as decimal(18, 2)
    )
{%- endmacro %}
