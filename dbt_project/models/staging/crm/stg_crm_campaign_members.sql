with current_members as (
    {{ crm_records('crm_campaign_members') }}
),

first_seen as (
    select source, record_id, min(_exported_at) as first_seen_at
    from {{ source('raw', 'crm_campaign_members') }}
    group by source, record_id
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as campaign_member_id,
        own.source,
        {{ conformed_id('own.campaign_id', 'own.source') }} as campaign_id,
        {{ survivor_id('own.lead_id', 'own.source', 'lead_merge') }} as lead_id,
        {{ survivor_id('own.contact_id', 'own.source', 'contact_merge') }} as contact_id,
        own.status,
        coalesce(own.has_responded, own.first_responded_at is not null) as has_responded,
        own.first_responded_at,
        own.created_at,
        first_seen.first_seen_at
    from current_members as own
    left join first_seen on own.source = first_seen.source and own.record_id = first_seen.record_id
    {{ survivor_join('crm_leads', 'own.lead_id', 'own.source', 'lead_merge') }}
    {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
)

select * from final
