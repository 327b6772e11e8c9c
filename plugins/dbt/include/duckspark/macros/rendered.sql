{#- The places where dbt puts a SELECT of the project into a statement: from here on it is Spark's SQL. -#}

{% macro duckspark__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if temporary -%}
        {%- set query = adapter.rendered(compiled_code) -%}
    {%- else -%}
        {%- set query = adapter.rendered_model(compiled_code, relation) -%}
    {%- endif -%}
    {{ return(spark__create_table_as(temporary, relation, query, language)) }}
{%- endmacro %}

{% macro duckspark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ return(adapter.rendered(default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit))) }}
{%- endmacro %}

{% macro duckspark__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ return(adapter.rendered(default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names))) }}
{%- endmacro %}

{#- Types of contracts are DuckDB's. -#}
{% macro duckspark__get_empty_schema_sql(columns) -%}
    {{ return(adapter.rendered(default__get_empty_schema_sql(columns))) }}
{%- endmacro %}

{#- Fixtures of unit tests are rendered, so texts are written as DuckDB writes them. -#}
{% macro duckspark__escape_single_quotes(expression) -%}
    {{ expression | replace("'", "''") }}
{%- endmacro %}

{% macro duckspark__safe_cast(field, type) -%}
    cast({{ field }} as {{ type }})
{%- endmacro %}
