-- Cases of customers who asked for help, and lines that are a cost of serving them only (kind).
with current_tickets as (
    {{ crm_records('support_tickets', has_deleted_flag=false) }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as ticket_id,
        own.source,
        case when lower(trim(own.kind)) = 'cost' then 'cost' else 'ticket' end as kind,
        nullif(trim(own.status), '') as status,
        nullif(trim(own.priority), '') as priority,
        nullif(trim(own.category), '') as category,
        own.created_at,
        own.first_reply_at,
        own.closed_at,
        own.email_hash,
        {{ survivor_id('own.contact_id', 'own.source', 'contact_merge') }} as contact_id,
        {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as account_id,
        nullif(trim(own.account_name), '') as account_name,
        nullif(trim(own.agent_name), '') as agent_name,
        nullif(trim(own.team), '') as team,
        own.minutes,
        own.cost,
        case when own.cost is not null then {{ crm_currency('own.currency') }} end as currency
    from current_tickets as own
    {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
    {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
)

select * from final
