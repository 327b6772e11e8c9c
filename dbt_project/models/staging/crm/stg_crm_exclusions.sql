-- Every CRM record that was exported at some time and is in no staging table, with the reason (G13).
{%- set staged = {
    'crm_accounts': ('stg_crm_accounts', 'account_id'), 'crm_contacts': ('stg_crm_contacts', 'contact_id'),
    'crm_leads': ('stg_crm_leads', 'lead_id'), 'crm_lead_history': ('stg_crm_lead_history', 'lead_history_id'),
    'crm_opportunities': ('stg_crm_opportunities', 'opportunity_id'),
    'crm_opportunity_history': ('stg_crm_opportunity_history', 'opportunity_history_id'),
    'crm_opportunity_lines': ('stg_crm_opportunity_lines', 'line_id'),
    'crm_opportunity_splits': ('stg_crm_opportunity_splits', 'split_id'),
    'crm_influences': ('stg_crm_influences', 'influence_id'),
    'crm_products': ('stg_crm_products', 'product_id'), 'crm_campaigns': ('stg_crm_campaigns', 'campaign_id'),
    'crm_campaign_members': ('stg_crm_campaign_members', 'campaign_member_id'),
    'crm_contact_roles': ('stg_crm_contact_roles', 'contact_role_id'),
    'crm_activities': ('stg_crm_activities', 'activity_id'), 'crm_calls': ('stg_crm_calls', 'call_id'),
    'crm_users': ('stg_crm_users', 'user_id'), 'crm_user_roles': ('stg_crm_user_roles', 'role_id'),
    'crm_subscriptions': ('stg_crm_subscriptions', 'subscription_id'),
    'support_tickets': ('stg_support_tickets', 'ticket_id')
} %}
{%- set without_flag = ['crm_calls', 'crm_users', 'crm_user_roles', 'support_tickets'] %}
with exported as (
    {% for entity in staged %}
        select
            '{{ entity }}' as entity,
            source,
            {{ conformed_id('record_id') }} as record_key,
            {{ 'false' if entity in without_flag else 'coalesce(is_deleted, false)' }} as is_deleted,
            _exported_at, _batch_id, _row_number
        from {{ source('raw', entity) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

newest as (
    select *
    from exported
    qualify row_number() over (
        partition by entity, record_key order by _exported_at desc, _batch_id desc, _row_number desc
    ) = 1
),

kept as (
    {% for entity, (model, key) in staged.items() %}
        select '{{ entity }}' as entity, {{ key }} as record_key from {{ ref(model) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        newest.source,
        newest.entity,
        newest.record_key,
        case
            when merged_away.merged_id is not null then 'merged'
            when newest.is_deleted then 'deleted'
            when internal.reason is not null then internal.reason
            else 'missing_from_newest_export'
        end as reason
    from newest
    left join kept on newest.entity = kept.entity and newest.record_key = kept.record_key
    left join {{ ref('stg_crm_merges') }} as merged_away
        on newest.entity = merged_away.entity and newest.record_key = merged_away.merged_id
    left join {{ ref('stg_crm_internal_records') }} as internal
        on newest.entity = internal.entity and newest.record_key = internal.record_key
    where kept.record_key is null
)

select * from final
