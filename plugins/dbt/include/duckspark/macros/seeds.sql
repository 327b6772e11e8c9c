{#- A seed in one statement; all values are texts, cast to the type of their column. -#}
{% macro duckspark__create_csv_table(model, agate_table) -%}
    {%- set types = {} -%}
    {%- for name in agate_table.column_names -%}
        {%- set inferred = adapter.convert_type(agate_table, loop.index0) -%}
        {%- do types.update({name: model['config'].get('column_types', {}).get(name, inferred)}) -%}
    {%- endfor -%}
    {%- set sql -%}
        create table {{ this.render() }} using parquet as
        {{ rows_as_select(agate_table.rows, agate_table.column_names, types) }}
    {%- endset -%}
    {%- call statement('_') -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro duckspark__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if old_relation -%}
        {{ adapter.drop_relation(old_relation) }}
    {%- endif -%}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}

{#- The rows came with the table. -#}
{% macro duckspark__load_csv_rows(model, agate_table) -%}
    {{ return('') }}
{%- endmacro %}

{#- Rows of texts as a SELECT in Spark's SQL; `types` are DuckDB's, by name of the column. -#}
{% macro rows_as_select(rows, names, types) -%}
    select
        {% for name in names -%}
        cast({{ name }} as {{ adapter.rendered_type(types[name]) }}) as {{ name }}{{ ', ' if not loop.last }}
        {%- endfor %}
    from {% if rows | length -%}
        values
        {% for row in rows -%}
        ({% for value in row %}{{ adapter.text_literal(value) }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
        {% endfor -%}
        as given ({{ names | join(', ') }})
    {%- else -%}
        (select {% for name in names %}null as {{ name }}{{ ', ' if not loop.last }}{% endfor %}) where false
    {%- endif %}
{%- endmacro %}
