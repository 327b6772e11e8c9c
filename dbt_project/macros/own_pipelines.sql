{#-
After a seed was loaded: its content with the user's own rows (`$FUNNELHOUSE_HOME/pipelines/<seed>.csv`, checked and
merged by transform/own_pipelines.py, which gives the folder of the result in variable own_pipelines). Without an own
file nothing happens. The file has the columns of the seed in their order.
-#}
{% macro own_pipelines(relation, seed) -%}
    {%- if execute and seed in var('own_pipelines', {}) -%}
        {%- set names = adapter.get_columns_in_relation(relation) | map(attribute='name') | list -%}
        {%- set file = var('own_pipelines')[seed] | replace("'", "''") -%}
        delete from {{ relation }};
        insert into {{ relation }} ({{ names | join(', ') }})
        select {{ names | join(', ') }}
        from read_csv('{{ file }}', header = true, all_varchar = true, nullstr = '');
    {%- endif -%}
{%- endmacro %}
