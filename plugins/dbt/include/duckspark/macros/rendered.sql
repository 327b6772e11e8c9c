{#- The places where dbt puts a SELECT of the project into a statement: from here on it is Spark's SQL. -#}

{% macro duckspark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- set query = adapter.rendered_model(compiled_code, relation) -%}
    {{ return(spark__create_table_as(temporary, relation, query, language)) }}
{%- endmacro %}

{% macro duckspark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ return(adapter.rendered(default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit))) }}
{%- endmacro %}

{% macro duckspark__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {%- set query = default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ return(adapter.rendered_model(query, this)) }}
{%- endmacro %}

{#- Of a unit test that expects no rows, or gives them as SQL. -#}
{% macro duckspark__get_columns_in_query(select_sql) -%}
    {%- set query = adapter.rendered(get_empty_subquery_sql(select_sql)) -%}
    {{ return(run_query(query).columns | map(attribute='name') | list) }}
{%- endmacro %}

{#- Types of contracts are DuckDB's. -#}
{% macro duckspark__get_empty_schema_sql(columns) -%}
    {{ return(adapter.rendered(default__get_empty_schema_sql(columns))) }}
{%- endmacro %}

{#- Fixtures of unit tests are rendered, so texts are written as DuckDB writes them. -#}
{% macro duckspark__escape_single_quotes(expression) -%}
    {{ expression | replace("'", "''") }}
{%- endmacro %}

{#- A list of numbers in a fixture is a text, '[0.5, 0.5]', which Spark casts to no list. -#}
{% macro duckspark__safe_cast(field, type) -%}
    {%- if type.endswith('[]') and 'VARCHAR' not in type and field.startswith("'[") -%}
        cast({{ field[1:-1] }} as {{ type }})
    {%- else -%}
        cast({{ field }} as {{ type }})
    {%- endif -%}
{%- endmacro %}
