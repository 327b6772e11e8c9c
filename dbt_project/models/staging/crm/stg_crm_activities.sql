with current_activities as (
    {{ crm_records('crm_activities') }}
),

-- A lookup says by its prefix what it points to only in some CRMs, so both merges are tried; ids of the two never
-- clash.
final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as activity_id,
        own.source,
        own.activity_kind,
        own.activity_type,
        own.call_type,
        coalesce(lead_merge.survivor_id, contact_merge.survivor_id, {{ conformed_id('own.who_id', 'own.source') }})
            as who_id,
        {{ survivor_id('own.what_id', 'own.source', 'opportunity_merge') }} as what_id,
        {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
        own.status,
        coalesce(own.is_closed, own.activity_kind = 'event') as is_done,
        own.activity_at,
        own.duration_seconds,
        own.outcome,
        own.created_at
    from current_activities as own
    {{ survivor_join('crm_leads', 'own.who_id', 'own.source', 'lead_merge') }}
    {{ survivor_join('crm_contacts', 'own.who_id', 'own.source', 'contact_merge') }}
    {{ survivor_join('crm_opportunities', 'own.what_id', 'own.source', 'opportunity_merge') }}
)

select * from final
