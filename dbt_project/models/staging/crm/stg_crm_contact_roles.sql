with current_roles as (
    {{ crm_records('crm_contact_roles') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as contact_role_id,
        own.source,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        {{ survivor_id('own.contact_id', 'own.source', 'contact_merge') }} as contact_id,
        own.role,
        own.is_primary,
        own.created_at
    from current_roles as own
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
    {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
)

select * from final
