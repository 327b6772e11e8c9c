{#- A record's id in every layer above raw: `<source>:<record id>`; NULL where the lookup is empty. -#}
{% macro conformed_id(column, source='source') -%}
    ({{ source }} || ':' || {{ column }})
{%- endmacro %}
