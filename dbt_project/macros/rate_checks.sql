{#-
Checks (macro failing_checks) of rates, a list of {rate, numerator, denominator, factor (1), where}: NULL exactly where the
quotient is undefined (G1), else the quotient.
-#}
{% macro rate_checks(rates) -%}
    {%- set checks = [] -%}
    {%- for one in rates -%}
        {%- set rate, numerator, denominator = one.rate, one.numerator, one.denominator -%}
        {%- set factor = one.get('factor', 1) -%}
        {%- set broken -%}
            ({{ one.get('where', 'true') }}) and (
                ({{ rate }} is null) <> ({{ numerator }} is null or coalesce({{ denominator }}, 0) = 0)
                or isinf({{ rate }})
                or isnan({{ rate }})
                or abs({{ rate }} - {{ factor }} * cast({{ numerator }} as double) / {{ denominator }})
                > 1e-9 * greatest(1, abs({{ rate }}))
            )
        {%- endset -%}
        {%- set quotient = (factor ~ ' x ' if factor != 1 else '') ~ numerator ~ ' / ' ~ denominator -%}
        {%- set problem = rate ~ ' is not ' ~ quotient ~ (' where ' ~ one['where'] if 'where' in one else '') -%}
        {%- do checks.append({'problem': problem, 'broken': broken, 'shows': problem}) -%}
    {%- endfor -%}
    {{- return(checks) -}}
{%- endmacro %}
