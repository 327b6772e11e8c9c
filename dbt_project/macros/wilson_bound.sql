{#-
A bound of the Wilson interval of a share: `side` is `-` for the lower and `+` for the upper one, `z` the quantile of the
normal distribution (95 % without it). DOUBLE from 0 to 1; NULL where the denominator is zero, and where the rate is not
a share (leads of a month may be more than its visits, G5).
-#}
{% macro wilson_bound(numerator, denominator, side, z=1.959963984540054) -%}
    {%- set square = z * z if z is number else '(' ~ z ~ ' * ' ~ z ~ ')' -%}
    {%- set half = z * z / 2 if z is number else '(' ~ square ~ ' / 2)' -%}
    {%- set quarter = z * z / 4 if z is number else '(' ~ square ~ ' / 4)' -%}
    {%- set n = 'nullif(cast(' ~ denominator ~ ' as double), 0)' -%}
    {%- set p = '(cast(' ~ numerator ~ ' as double) / ' ~ n ~ ')' -%}
    case when {{ numerator }} between 0 and {{ denominator }} then greatest(0.0, least(1.0, (
        {{ p }} + {{ half }} / {{ n }}
        {{ side }} {{ z }} * sqrt(greatest(0.0, {{ p }} * (1 - {{ p }}) / {{ n }} + {{ quarter }} / {{ n }} / {{ n }}))
    ) / (1 + {{ square }} / {{ n }}))) + 0 * {{ p }} end
{%- endmacro %}
