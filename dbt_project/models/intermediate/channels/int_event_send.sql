-- Sends counted from the events of their recipients, each person once; where a tool exports the counters themselves,
-- those count and its events do not (R065-R068).
with events as (
    select * from {{ ref('stg_email_events') }}
),

recipients as (
    select
        source,
        account_id,
        send_id,
        recipient,
        min(campaign_name) as campaign_name,
        min(event_at) as first_at,
        bool_or(event_type in ('sent', 'delivered', 'bounce', 'hard_bounce', 'soft_bounce', 'deferred')) as was_sent,
        bool_or(event_type = 'delivered') as was_delivered,
        bool_or(event_type in ('bounce', 'hard_bounce', 'soft_bounce')) as has_bounced,
        bool_or(event_type = 'hard_bounce') as has_bounced_hard,
        bool_or(event_type = 'soft_bounce') as has_bounced_soft,
        bool_or(event_type = 'open') as has_opened,
        bool_or(event_type = 'open' and not coalesce(is_machine, false)) as has_opened_in_person,
        bool_or(event_type = 'open' and is_machine is not null) as is_machine_known,
        coalesce(sum(event_count) filter (where event_type = 'open'), 0) as opens,
        bool_or(event_type = 'click' and not is_scanner and not coalesce(is_machine, false)) as has_clicked,
        coalesce(
            sum(event_count) filter (where event_type = 'click' and not is_scanner and not coalesce(is_machine, false)),
            0
        ) as clicks,
        coalesce(
            sum(event_count) filter (where event_type = 'click' and (is_scanner or coalesce(is_machine, false))), 0
        ) as clicks_scanner,
        bool_or(event_type = 'unsubscribe') as has_unsubscribed,
        bool_or(event_type = 'complaint') as has_complained
    from events
    group by source, account_id, send_id, recipient
),

final as (
    select
        source,
        account_id,
        send_id,
        coalesce(min(campaign_name), send_id) as campaign_name,
        cast(null as varchar) as subject,
        cast(null as varchar) as audience,
        'email' as message_channel,
        min(first_at) as sent_at,
        {{ business_day('min(first_at)') }} as sent_on,
        count(*) filter (where was_sent) as recipients,
        nullif(count(*) filter (where was_delivered), 0) as delivered,
        count(*) filter (where has_bounced) as bounces,
        count(*) filter (where has_bounced_hard) as bounces_hard,
        count(*) filter (where has_bounced_soft) as bounces_soft,
        count(*) filter (where has_opened) as opens_unique,
        cast(sum(opens) as bigint) as opens_total,
        case
            when bool_or(is_machine_known) then count(*) filter (where has_opened and not has_opened_in_person)
        end as opens_machine,
        false as is_machine_opens_excluded,
        count(*) filter (where has_clicked) as clicks_unique,
        cast(sum(clicks) as bigint) as clicks_total,
        cast(sum(clicks_scanner) as bigint) as clicks_scanner,
        count(*) filter (where has_unsubscribed) as unsubscribes,
        count(*) filter (where has_complained) as complaints,
        cast(null as bigint) as forwards,
        cast(null as bigint) as orders,
        cast(null as decimal(18, 6)) as revenue,
        cast(null as varchar) as currency,
        cast(null as double) as open_rate_reported,
        cast(null as double) as click_rate_reported
    from recipients
    group by source, account_id, send_id
    -- Lists of subscribers know who left because of which mail, but not whom it was sent to.
    having bool_or(was_sent)
)

select final.*
from final
where
    not exists (
        select 1 from {{ ref('stg_email_campaigns') }} as counted
        where
            final.source = counted.source
            and final.account_id = counted.account_id
            and final.send_id = counted.send_id
    )
    and not exists (
        select 1 from {{ ref('stg_email_campaigns') }} as counted
        where
            final.source = counted.source
            and final.account_id = counted.account_id
            and final.campaign_name = counted.campaign_name
    )
