{#- The polynomial in `x` with these coefficients, the highest power first (Horner's scheme). -#}
{% macro polynomial(x, coefficients) -%}
    {%- set made = namespace(sql='cast(' ~ coefficients[0] ~ ' as double)') -%}
    {%- for coefficient in coefficients[1:] -%}
        {%- set made.sql = '(' ~ made.sql ~ ' * ' ~ x ~ ' + ' ~ coefficient ~ ')' -%}
    {%- endfor -%}
    {{- made.sql -}}
{%- endmacro %}
