{#- Checks (macro failing_checks) of conditions by name; one with an unknown answer (NULL) counts as broken. -#}
{% macro condition_checks(conditions) -%}
    {%- set checks = [] -%}
    {%- for name, condition in conditions.items() -%}
        {%- do checks.append({
            'problem': name ~ ' does not hold: ' ~ condition,
            'broken': 'not coalesce(' ~ condition ~ ', false)',
            'shows': condition,
        }) -%}
    {%- endfor -%}
    {{- return(checks) -}}
{%- endmacro %}
