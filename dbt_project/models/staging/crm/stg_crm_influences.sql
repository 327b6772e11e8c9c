with current_influences as (
    {{ crm_records('crm_influences') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as influence_id,
        own.source,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        {{ conformed_id('own.campaign_id', 'own.source') }} as campaign_id,
        {{ survivor_id('own.contact_id', 'own.source', 'contact_merge') }} as contact_id,
        {{ conformed_id('own.model_id', 'own.source') }} as model_id,
        own.influence_rate,
        own.revenue_share as revenue_share_native,
        own.currency
    from current_influences as own
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
    {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
    where own.opportunity_id is not null
)

select * from final
