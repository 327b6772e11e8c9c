-- Each campaign membership with its person, its channel and the time of the response; an inquiry is one that responded.
with members as (
    select * from {{ ref('stg_crm_campaign_members') }}
),

links as (
    select * from {{ ref('int_person_link') }}
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

final as (
    select
        members.campaign_member_id,
        members.source,
        coalesce(contact_links.person_id, lead_links.person_id) as person_id,
        members.campaign_id,
        campaigns.campaign_name,
        coalesce(campaigns.channel, 'Unknown') as channel,
        members.has_responded,
        members.status,
        least(
            coalesce(members.first_responded_at, members.created_at),
            coalesce(members.created_at, members.first_responded_at)
        ) as joined_at,
        -- Where nobody wrote when, it was by the time an export had it first.
        case
            when members.has_responded
                then coalesce(members.first_responded_at, members.created_at, members.first_seen_at)
        end as responded_at,
        members.has_responded and (
            coalesce(members.is_response_time_assumed, false)
            or coalesce(members.first_responded_at, members.created_at) is null
        ) as is_time_assumed,
        members.first_seen_at
    from members
    left join links as lead_links on lead_links.record_kind = 'lead' and members.lead_id = lead_links.record_id
    left join links as contact_links
        on contact_links.record_kind = 'contact' and members.contact_id = contact_links.record_id
    left join campaigns on members.campaign_id = campaigns.campaign_id
)

select * from final
