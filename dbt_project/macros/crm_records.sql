{#-
Current records of a CRM entity: newest version, not deleted, not merged away, one row per (source, record_id).
An org that was exported under two account names counts once, as its newest export says.
-#}
{% macro crm_records(entity, has_deleted_flag=true) -%}
    {%- set exclude = {'deleted': 'coalesce(is_deleted, false)'} if has_deleted_flag else {} -%}
    select standing.*
    from ({{ current_rows(source('raw', entity), ['record_id'], exclude=exclude) }}) as standing
    {%- if entity in crm_mergeable_entities() %}
    left join {{ ref('stg_crm_merges') }} as merges
        on merges.entity = '{{ entity }}'
        and merges.merged_id = {{ conformed_id('standing.record_id', 'standing.source') }}
    where merges.merged_id is null
    {%- endif %}
    qualify row_number() over (
        partition by standing.source, standing.record_id
        order by standing._exported_at desc, standing._batch_id desc, standing._row_number desc
    ) = 1
{%- endmacro %}

{#- Entities whose records a CRM can merge into one another. -#}
{% macro crm_mergeable_entities() -%}
    {{ return(['crm_accounts', 'crm_contacts', 'crm_leads', 'crm_opportunities']) }}
{%- endmacro %}
