-- Every record that was ever exported is in staging or in the exclusions, exactly once (G13).
{%- set staged = {
    'crm_accounts': 'stg_crm_accounts', 'crm_contacts': 'stg_crm_contacts', 'crm_leads': 'stg_crm_leads',
    'crm_lead_history': 'stg_crm_lead_history', 'crm_opportunities': 'stg_crm_opportunities',
    'crm_opportunity_history': 'stg_crm_opportunity_history', 'crm_opportunity_lines': 'stg_crm_opportunity_lines',
    'crm_opportunity_splits': 'stg_crm_opportunity_splits', 'crm_influences': 'stg_crm_influences',
    'crm_products': 'stg_crm_products', 'crm_campaigns': 'stg_crm_campaigns',
    'crm_campaign_members': 'stg_crm_campaign_members', 'crm_contact_roles': 'stg_crm_contact_roles',
    'crm_activities': 'stg_crm_activities', 'crm_calls': 'stg_crm_calls', 'crm_users': 'stg_crm_users',
    'crm_user_roles': 'stg_crm_user_roles', 'crm_subscriptions': 'stg_crm_subscriptions',
    'support_tickets': 'stg_support_tickets'
} %}
with exported as (
    {% for entity in staged %}
        select '{{ entity }}' as entity, count(distinct source || ':' || record_id) as records
        from {{ source('raw', entity) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

kept as (
    {% for entity, model in staged.items() %}
        select '{{ entity }}' as entity, count(*) as records from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

excluded as (
    select entity, count(*) as records
    from {{ ref('stg_crm_exclusions') }}
    group by entity
)

select
    exported.entity,
    exported.records as exported,
    kept.records as kept,
    coalesce(excluded.records, 0) as excluded
from exported
inner join kept on exported.entity = kept.entity
left join excluded on exported.entity = excluded.entity
where exported.records <> kept.records + coalesce(excluded.records, 0)
