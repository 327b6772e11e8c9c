{#-
Current records of a CRM entity: newest version, not deleted, not merged away, neither a test nor internal, one row per
(source, record_id). An org that was exported under two account names counts once, as its newest export says.

touched_by    of an incremental model: the column whose record decides whether a row is read (stg_crm_touched)
-#}
{% macro crm_records(entity, has_deleted_flag=true, touched_by=none) -%}
    {%- set conditions = [] -%}
    {%- set rows = source('raw', entity) -%}
    {%- set touched = where_touched(conformed_id(touched_by), 'stg_crm_touched') if touched_by else '' -%}
    {%- if touched -%}
        {%- set rows = '(select * from ' ~ rows ~ ' ' ~ touched ~ ')' -%}
    {%- endif -%}
    select *
    from (
        select standing.*
        from ({{ current_rows(rows, ['record_id'], entity=entity, per_account=false) }}) as standing
        {%- if entity in crm_mergeable_entities() %}
        {%- do conditions.append('merged_away.merged_id is null') %}
        left join {{ ref('stg_crm_merges') }} as merged_away
            on merged_away.entity = '{{ entity }}'
            and merged_away.merged_id = {{ conformed_id('standing.record_id', 'standing.source') }}
        {%- endif %}
        {%- if entity in crm_internal_entities() %}
        {%- do conditions.append('internal.record_key is null') %}
        left join {{ ref('stg_crm_internal_records') }} as internal
            on internal.entity = '{{ entity }}'
            and internal.record_key = {{ conformed_id('standing.record_id', 'standing.source') }}
        {%- endif %}
        {%- if conditions %}
        where {{ conditions | join(' and ') }}
        {%- endif %}
    ) as newest
    {%- if has_deleted_flag %}
    -- Last, so that a record deleted in the newest export does not come back as an older one had it.
    where not coalesce(is_deleted, false)
    {%- endif %}
{%- endmacro %}

{#- Entities whose records a CRM can merge into one another. -#}
{% macro crm_mergeable_entities() -%}
    {{ return(['crm_accounts', 'crm_contacts', 'crm_leads', 'crm_opportunities']) }}
{%- endmacro %}

{#- Columns of each entity that the seed internal_records may name. -#}
{% macro crm_internal_columns() -%}
    {{ return({
        'crm_accounts': ['account_name', 'account_type', 'segment'],
        'crm_contacts': ['lead_status', 'lifecycle_stage', 'lead_source'],
        'crm_leads': ['company_name', 'status', 'lead_source'],
        'crm_opportunities': ['opportunity_name', 'account_name', 'opportunity_type', 'stage', 'lead_source'],
    }) }}
{%- endmacro %}

{#- Columns of web exports, of days and of periods, that the seed internal_records may name. -#}
{% macro web_internal_columns() -%}
    {{ return({'web_traffic': ['session_source', 'session_medium', 'campaign_name', 'landing_page', 'breakdown']}) }}
{%- endmacro %}

{#- The same for orders of shops, which belong to no other record (stg_orders). -#}
{% macro order_internal_columns() -%}
    {{ return({'orders': ['payment_method', 'tags']}) }}
{%- endmacro %}

{#- Lookups to an account through which a record of an internal account is internal, too. -#}
{% macro crm_internal_lookups() -%}
    {{ return({
        'crm_contacts': 'crm_account_id',
        'crm_leads': 'converted_account_id',
        'crm_opportunities': 'crm_account_id',
        'crm_subscriptions': 'crm_account_id',
    }) }}
{%- endmacro %}

{#- Entities whose records can be internal. -#}
{% macro crm_internal_entities() -%}
    {{ return([
        'crm_accounts', 'crm_contacts', 'crm_leads', 'crm_opportunities', 'crm_subscriptions', 'crm_campaign_members'
    ]) }}
{%- endmacro %}

{#- Condition of a `qualify`: the row is the newest version of its record, whatever the account name. -#}
{% macro crm_is_newest() -%}
    row_number() over (
        partition by source, record_id order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
{%- endmacro %}
