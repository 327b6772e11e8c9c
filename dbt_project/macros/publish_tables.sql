{#-
Publishing tables of Spark's catalogue (publish/catalogue.py calls these, once the gate has passed). Schema of a version:
its tables; schema `published`: views on those of the current version.
-#}
{% macro snapshot_tables(schema, tables) -%}
    {%- do run_query('drop schema if exists ' ~ schema ~ ' cascade') -%}
    {%- do run_query('create schema ' ~ schema) -%}
    {%- for table in tables -%}
        {%- do run_query(
            'create table ' ~ schema ~ '.' ~ table ~ ' using parquet as select * from marts.' ~ table
        ) -%}
    {%- endfor -%}
{%- endmacro %}

{% macro switch_tables(schema, tables, keep) -%}
    {%- do run_query('create schema if not exists published') -%}
    {%- for table in tables -%}
        {%- do run_query(
            'create or replace view published.' ~ table ~ ' as select * from ' ~ schema ~ '.' ~ table
        ) -%}
    {%- endfor -%}
    {%- for row in run_query('show views in published').rows if row['viewName'] not in tables -%}
        {%- do run_query('drop view published.' ~ row['viewName']) -%}
    {%- endfor -%}
    {%- for row in run_query('show databases').rows -%}
        {%- if row[0].startswith('published_') and row[0] not in keep -%}
            {%- do run_query('drop schema ' ~ row[0] ~ ' cascade') -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
