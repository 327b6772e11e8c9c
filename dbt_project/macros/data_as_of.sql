{#-
The reporting date: DATE, the same in every row (last column of every mart). A build gives it as an environment variable,
since dbt parses the whole project anew when a variable of its own changes, as the day does every day; a variable
as_of_date, if given, comes first (unit tests, another day by hand). Without either it is the day of what was loaded, in unit
tests a fixed one.
Models that name it carry the tag `dated`.
-#}
{% macro data_as_of() -%}
    {%- set day = var('as_of_date', none) or env_var('WAREHOUSE_AS_OF_DATE', '') -%}
    {%- if not day and execute and model.resource_type != 'unit_test' -%}
        {#- Not by source(): the date is not an input in the graph; models that depend on it carry the tag `dated`. -#}
        {%- set loaded = api.Relation.create(schema='raw', identifier='_reporting_date') -%}
        {%- set day = run_query('select as_of from ' ~ loaded).rows[0][0] -%}
    {%- endif -%}
    cast('{{ day or "2026-10-31" }}' as date)
{%- endmacro %}
