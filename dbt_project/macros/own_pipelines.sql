{#-
After a seed was loaded: its content with the user's own rows (`$FUNNELHOUSE_HOME/pipelines/<seed>.csv`, checked and
merged by transform/own_pipelines.py; the environment names the merged file of each such seed, as JSON). Without an own
file nothing happens. The file has the columns of the seed in their order.
-#}
{% macro own_pipelines(relation, seed) -%}
    {{ adapter.dispatch('own_pipelines', 'funnelhouse')(relation, seed) }}
{%- endmacro %}

{% macro default__own_pipelines(relation, seed) -%}
    {%- set merged = fromjson(env_var('WAREHOUSE_OWN_PIPELINES', '{}')) -%}
    {%- if execute and seed in merged -%}
        {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- set file = merged[seed] | replace("'", "''") -%}
        delete from {{ relation }};
        insert into {{ relation }} ({{ names | join(', ') }})
        select {{ names | join(', ') }}
        from read_csv('{{ file }}', header = true, all_varchar = true, nullstr = '');
    {%- endif -%}
{%- endmacro %}

{#- Tables of Parquet files are written whole, in one statement. -#}
{% macro duckspark__own_pipelines(relation, seed) -%}
    {%- set merged = fromjson(env_var('WAREHOUSE_OWN_PIPELINES', '{}')) -%}
    {%- if execute and seed in merged -%}
        {%- set names, types = [], {} -%}
        {%- for column in adapter.get_columns_in_relation(relation) -%}
            {%- do names.append(column.name) -%}
            {%- do types.update({column.name: column.dtype}) -%}
        {%- endfor -%}
        insert overwrite {{ relation }}
        {{ rows_as_select(adapter.csv_rows(merged[seed]), names, types) }}
    {%- endif -%}
{%- endmacro %}
