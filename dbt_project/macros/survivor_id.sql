{#-
A lookup resolved to the record that survived its merges. The model joins stg_crm_merges under the given alias:

    {{ survivor_join('crm_accounts', 'current_leads.converted_account_id', 'current_leads.source', 'account_merge') }}
    {{ survivor_id('current_leads.converted_account_id', 'current_leads.source', 'account_merge') }} as account_id
-#}
{% macro survivor_id(column, source, alias) -%}
    coalesce({{ alias }}.survivor_id, {{ conformed_id(column, source) }})
{%- endmacro %}

{% macro survivor_join(entity, column, source, alias) -%}
    left join {{ ref('stg_crm_merges') }} as {{ alias }}
        on {{ alias }}.entity = '{{ entity }}'
        and {{ alias }}.merged_id = {{ conformed_id(column, source) }}
{%- endmacro %}
