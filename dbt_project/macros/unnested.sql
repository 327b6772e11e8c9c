{#-
A row for each of a list of dictionaries, in the select list of a query: keys become columns, values are SQL. All rows have
the same keys.
-#}
{% macro unnested(rows) -%}
    unnest([
    {%- for row in rows -%}
        {{ '{' }}
        {%- for name, value in row.items() %}'{{ name }}': {{ value }}{{ ', ' if not loop.last }}{% endfor -%}
        {{ '}' }}{{ ', ' if not loop.last }}
    {%- endfor -%}
    ], recursive := true)
{%- endmacro %}
