{#- Schemas are named as configured (staging, marts, ...), without dbt's target prefix: readers see these names. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
