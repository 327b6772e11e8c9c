{#-
A bound of the interval of the difference of two independent shares k1 / n1 - k2 / n2: Newcombe's hybrid score
interval of two Wilson intervals (Newcombe 1998, Statistics in Medicine 17:873-890, method 10). `side` is `-` for the
lower and `+` for the upper bound, `z` the quantile of the normal distribution (95 % without it). DOUBLE from -1 to 1;
NULL where a denominator is zero or unknown. The shares differ significantly where both bounds are on one side of 0.
-#}
{% macro difference_bound(k1, n1, k2, n2, side, z=1.959963984540054) -%}
    {%- set p1 = safe_divide(k1, n1) -%}
    {%- set p2 = safe_divide(k2, n2) -%}
    {%- set other = '+' if side == '-' else '-' -%}
    ({{ p1 }} - {{ p2 }} {{ side }} sqrt(
        pow({{ p1 }} - ({{ wilson_bound(k1, n1, side, z) }}), 2)
        + pow({{ p2 }} - ({{ wilson_bound(k2, n2, other, z) }}), 2)
    ))
{%- endmacro %}
