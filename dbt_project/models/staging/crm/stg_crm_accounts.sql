with current_accounts as (
    {{ crm_records('crm_accounts') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as account_id,
        own.source,
        own.account_name,
        own.account_type,
        own.industry,
        {{ survivor_id('own.parent_id', 'own.source', 'parent_merge') }} as parent_account_id,
        own.billing_country,
        own.shipping_country,
        own.employees,
        own.segment,
        own.lead_source,
        {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
        own.owner_name,
        own.created_at,
        own.modified_at
    from current_accounts as own
    {{ survivor_join('crm_accounts', 'own.parent_id', 'own.source', 'parent_merge') }}
)

select * from final
