-- What became of each mail of each recipient, each event once. Scanners of mail programs open every link as soon as a
-- mail arrives: a click so soon after the delivery, or one of several links in the same moment, is not a person's
-- (R066).
with judged as (
    {{ judged_rows('email_events') }}
),

events as (
    select
        source,
        account_id,
        event_id,
        nullif(trim(campaign_id), '') as campaign_id,
        nullif(trim(campaign_name), '') as campaign_name,
        coalesce(recipient_hash, event_id) as recipient,
        lower(trim(event_type)) as event_type,
        event_at,
        url,
        is_machine,
        coalesce(event_count, 1) as event_count
    from judged
    where _outcome = 'current'
),

named as (
    select
        *,
        -- Mails that belong to no campaign (receipts, reminders) are one send a day.
        coalesce(campaign_id, campaign_name, 'without campaign ' || cast(cast(event_at as date) as varchar)) as send_id,
        min(case when event_type = 'delivered' then event_at end) over (
            partition by source, account_id, coalesce(campaign_id, campaign_name, ''), recipient
        ) as delivered_at,
        -- A day without a time says nothing about seconds.
        event_at <> date_trunc('day', event_at) as is_timed
    from events
),

clicks as (
    select
        source,
        account_id,
        event_id,
        count(distinct url) over (
            partition by source, account_id, send_id, recipient
            order by event_at
            range between interval 1 second preceding and interval 1 second following
        ) as links_at_once
    from named
    where event_type = 'click' and is_timed
),

final as (
    select
        named.* exclude (is_timed),
        coalesce(
            named.event_type = 'click'
            and named.is_timed
            and (
                epoch(named.event_at - named.delivered_at) between 0 and {{ var('scanner_click_seconds') }}
                or clicks.links_at_once >= {{ var('scanner_click_links') }}
            ),
            false
        ) as is_scanner
    from named
    left join clicks
        on named.source = clicks.source and named.account_id = clicks.account_id and named.event_id = clicks.event_id
)

select * from final
