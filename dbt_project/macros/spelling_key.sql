{#- A name without case, spaces and punctuation: what two spellings of one name have in common. -#}
{% macro spelling_key(name) -%}
    regexp_replace(lower({{ name }}), '[^\pL\pN]+', '', 'g')
{%- endmacro %}
