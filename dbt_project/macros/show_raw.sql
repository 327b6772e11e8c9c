{#-
Before a run: shows the raw layer to the engine. DuckDB has it as views of the build file, where task check_raw puts
them; Spark gets tables over the same Parquet files.
-#}
{% macro show_raw() -%}
    {{ return(adapter.dispatch('show_raw', 'funnelhouse')()) }}
{%- endmacro %}

{% macro default__show_raw() -%}
    {{ return('') }}
{%- endmacro %}

{% macro duckspark__show_raw() -%}
    {%- if execute -%}
        {%- for statement in adapter.raw_statements() -%}
            {%- do run_query(statement) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}
