-- Each click on a link of a mail, with the person of the CRM whose address it was sent to, and whether a person or a
-- mail scanner clicked (R066).
with events as (
    select * from {{ ref('stg_email_events') }}
),

clicks as (
    select * from events
    where event_type = 'click'
),

-- Some tools say that a recipient clicked, but not when: by then the send had begun.
sends as (
    select source, account_id, send_id, min(event_at) as sent_at
    from events
    group by source, account_id, send_id
),

addresses as (
    select email_hash, lead_id as record_id from {{ ref('stg_crm_leads') }}
    union all
    select email_hash, contact_id from {{ ref('stg_crm_contacts') }}
),

-- Every record of an address is the same person.
persons as (
    select addresses.email_hash, min(links.person_id) as person_id
    from addresses
    inner join {{ ref('int_person_link') }} as links on addresses.record_id = links.record_id
    where addresses.email_hash is not null
    group by addresses.email_hash
),

final as (
    select
        clicks.source,
        clicks.account_id,
        clicks.event_id,
        clicks.send_id,
        coalesce(campaigns.campaign_id, '(none)') as campaign_id,
        coalesce(clicks.campaign_name, clicks.send_id) as campaign_name,
        'Email' as channel,
        clicks.recipient,
        persons.person_id,
        coalesce(clicks.event_at, sends.sent_at) as clicked_at,
        coalesce(
            clicks.event_at is null or clicks.event_at = date_trunc('day', clicks.event_at), false
        ) as is_time_assumed,
        clicks.event_count as click_count,
        not clicks.is_scanner and not coalesce(clicks.is_machine, false) as is_human
    from clicks
    left join sends
        on
            clicks.source = sends.source
            and clicks.account_id = sends.account_id
            and clicks.send_id = sends.send_id
    left join persons on clicks.recipient = persons.email_hash
    {{ campaign_join('email', 'clicks.source', 'clicks.send_id') }}
)

select * from final
