-- Every support case and cost of service with the customer it is of (R089), how soon it was answered and solved, and
-- what it cost (R084).
with tickets as (
    select * from {{ ref('int_ticket') }}
),

started as (
    {{ customer_starts() }}
),

final as (
    select
        tickets.ticket_id,
        tickets.source,
        tickets.kind,
        tickets.customer_id,
        tickets.person_id,
        tickets.created_on,
        {{ business_day('tickets.closed_at') }} as closed_on,
        tickets.status,
        tickets.priority,
        tickets.category,
        tickets.agent_name,
        tickets.team,
        epoch(tickets.first_reply_at - tickets.created_at) / 3600.0 as hours_to_reply,
        epoch(tickets.closed_at - tickets.created_at) / 3600.0 as hours_to_close,
        cast(tickets.created_on - started.started_on as bigint) as customer_days,
        tickets.kind = 'ticket' and coalesce(tickets.created_on - started.started_on between 0 and 90, false)
            as is_first_90_days,
        tickets.minutes,
        tickets.cost_basis,
        tickets.cost_reporting,
        {{ data_as_of() }} as data_as_of
    from tickets
    left join started on tickets.customer_id = started.customer_id
)

select * from final
