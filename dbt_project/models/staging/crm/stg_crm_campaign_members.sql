with current_members as (
    {{ crm_records('crm_campaign_members') }}
),

-- Salesforce exports the day of a response only. What was made or changed on that day was made or changed by it.
timed as (
    select
        *,
        case
            when first_responded_at is null or first_responded_at <> date_trunc('day', first_responded_at)
                then first_responded_at
            when cast(first_responded_at as date) in (cast(created_at as date), {{ business_day('created_at') }})
                then created_at
            when cast(first_responded_at as date) in (cast(modified_at as date), {{ business_day('modified_at') }})
                then modified_at
        end as known_response_at
    from current_members
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
        coalesce(
            own.known_response_at, {{ start_of_business_day('cast(own.first_responded_at as date)') }}
        ) as first_responded_at,
        own.first_responded_at is not null and own.known_response_at is null as is_response_time_assumed,
        own.created_at,
        first_seen.first_seen_at
    from timed as own
    left join first_seen on own.source = first_seen.source and own.record_id = first_seen.record_id
    {{ survivor_join('crm_leads', 'own.lead_id', 'own.source', 'lead_merge') }}
    {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
)

select * from final
