{#-
Versions of the records of a CRM entity, over all accounts that exported it: what crm_records says, over time. Tests,
internal records and merges are known as of today: what is known to be a test now was never reported as business.
-#}
{% macro crm_record_versions(entity, content) -%}
    {%- set record_key = conformed_id('data.record_id', 'data.source') -%}
    {%- set exclude = {} -%}
    {%- if entity in crm_internal_entities() -%}
        {%- do exclude.update({
            'internal': record_key ~ " in (select record_key from " ~ ref('stg_crm_internal_records')
                ~ " where entity = '" ~ entity ~ "')"
        }) -%}
    {%- endif -%}
    {%- if entity in crm_mergeable_entities() -%}
        {%- do exclude.update({
            'merged': "data.merged_into_id is not null and " ~ record_key ~ " in (select merged_id from "
                ~ ref('stg_crm_merges') ~ " where entity = '" ~ entity ~ "')"
        }) -%}
    {%- endif -%}
    {%- do exclude.update({'deleted': 'coalesce(data.is_deleted, false)'}) -%}
    {{ row_versions(
        entity, ['record_id'], exclude=exclude, thing=["'" ~ entity ~ "'", 'data.source', 'data.record_id'],
        content=content
    ) }}
{%- endmacro %}
