with current_subscriptions as (
    {{ crm_records('crm_subscriptions') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as subscription_id,
        own.source,
        {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as account_id,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        {{ conformed_id('own.product_id', 'own.source') }} as product_id,
        own.plan_name,
        own.status,
        own.amount,
        {{ crm_currency('own.currency') }} as currency,
        own.billing_period,
        own.quantity,
        own.seats_used,
        {{ business_day('own._exported_at') }} as exported_on,
        own.started_on,
        own.ended_on,
        coalesce(own.is_trial, false) as is_trial,
        own.churn_reason,
        own.created_at
    from current_subscriptions as own
    {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
)

select * from final
