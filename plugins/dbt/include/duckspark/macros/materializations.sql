{#-
Incremental models are built whole. What a delta touches is deleted and inserted by person, deal or account, which
Parquet tables cannot do; which models are due is decided before dbt starts.
-#}
{% macro is_incremental() -%}
    {{ return(false) }}
{%- endmacro %}

{% materialization incremental, adapter='duckspark', supported_languages=['sql'] -%}
    {{ return(materialization_table_duckspark()) }}
{%- endmaterialization %}

{% materialization table, adapter='duckspark', supported_languages=['sql', 'python'] -%}
    {%- if model['language'] == 'python' -%}
        {%- set old = load_cached_relation(this) -%}
        {%- if old is not none -%}
            {{ adapter.drop_relation(old) }}
        {%- endif -%}
        {#- dbt lets a materialization itself ask for it, none that it calls. -#}
        {%- call statement('main', language='python') -%}
            {{- compiled_code -}}
        {%- endcall -%}
        {{ return({'relations': [this.incorporate(type='table')]}) }}
    {%- endif -%}
    {%- set made = materialization_table_spark() -%}
    {%- do adapter.forget_steps(this) -%}
    {{ return(made) }}
{%- endmaterialization %}

{#- Functions of the published file are DuckDB's: there is nothing to make in Spark. -#}
{% materialization table_function, adapter='duckspark', supported_languages=['sql'] -%}
    {%- call statement('main') -%}
        select 1
    {%- endcall -%}
    {{ return({'relations': []}) }}
{%- endmaterialization %}

{#- The build file, which checks and publishing read, shows the files of tables; a view has none. -#}
{% materialization view, adapter='duckspark', supported_languages=['sql'] -%}
    {{ return(materialization_table_duckspark()) }}
{%- endmaterialization %}
