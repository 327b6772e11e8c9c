{#- Pairs of columns of one raw row that name records which belong together (stg_crm_link). -#}
{% macro crm_links() -%}
    {{ return({
        'crm_leads': [
            ['record_id', 'converted_contact_id'], ['record_id', 'converted_account_id'],
            ['record_id', 'converted_opportunity_id'], ['record_id', 'merged_into_id'],
        ],
        'crm_contacts': [['record_id', 'crm_account_id'], ['record_id', 'merged_into_id']],
        'crm_opportunities': [
            ['record_id', 'crm_account_id'], ['record_id', 'contact_id'], ['record_id', 'merged_into_id'],
        ],
        'crm_accounts': [['record_id', 'merged_into_id']],
        'crm_contact_roles': [['opportunity_id', 'contact_id']],
        'crm_subscriptions': [['crm_account_id', 'opportunity_id']],
        'crm_campaign_members': [['lead_id', 'contact_id']],
    }) }}
{%- endmacro %}

{#- Columns of each raw entity that name the records a row of it is about (stg_crm_touched). -#}
{% macro crm_named_records() -%}
    {{ return({
        'crm_leads': ['record_id'],
        'crm_contacts': ['record_id'],
        'crm_opportunities': ['record_id'],
        'crm_accounts': ['record_id'],
        'crm_lead_history': ["coalesce(lead_id, '')"],
        'crm_opportunity_history': ['opportunity_id'],
        'crm_contact_roles': ['opportunity_id', 'contact_id'],
        'crm_subscriptions': ['crm_account_id', 'opportunity_id'],
        'crm_campaign_members': ['lead_id', 'contact_id'],
    }) }}
{%- endmacro %}
