{#- The value of a variable that must be one of some words; anything else stops the build and is said. -#}
{% macro word_of(variable, words) -%}
    {%- set said = var(variable) -%}
    {%- if execute and said not in words -%}
        {%- do exceptions.raise_compiler_error(variable ~ " is " ~ said ~ ": write one of " ~ words | join(", ")) -%}
    {%- endif -%}
    {{- said -}}
{%- endmacro %}
