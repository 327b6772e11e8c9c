{#- A rate from its parts: NULL, never 0 or infinity, where the denominator is zero or unknown (G1). DOUBLE.
    Adding 0 leaves no negative zero, which is shown as -0.0: nothing over a refund. -#}
{% macro safe_divide(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0) + 0)
{%- endmacro %}
