{#-
Incremental models of CRM records: which rows they read and replace (DECISIONS D-06). `column` holds a record's id, or a
person's, which is the id of one of its records.

    {{ config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    ) }}
    select * from {{ ref('int_person_link') }}
    {{ where_touched('person_id') }}

`delete+insert` deletes only keys that have new rows; `delete_touched`, in the same transaction, also those that have none
left. `model` names what is touched: int_touched, in staging stg_crm_touched. `also`: rows that are built whole every time.
-#}
{% macro where_touched(column, model='int_touched') -%}
    {#- While dbt parses, so that it knows the dependency; a unit test of the whole SQL need not give what is touched. -#}
    {%- set touched = ref(model) if is_incremental() or not execute -%}
    {%- if is_incremental() -%}
        where {{ column }} in (select record_id from {{ touched }})
    {%- endif -%}
{%- endmacro %}

{% macro and_touched(column, model='int_touched') -%}
    {{- where_touched(column, model) | replace('where ', 'and ', 1) -}}
{%- endmacro %}

{% macro delete_touched(column, model='int_touched', also='false') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ column }} in (select record_id from {{ ref(model) }}) or {{ also }}
    {%- endif -%}
{%- endmacro %}

{#- Number of the last complete build; 0 before the first. -#}
{% macro last_complete_build() -%}
    (select coalesce(max(number), 0) from {{ ref('stg_last_build') }})
{%- endmacro %}
