{{ config(materialized='ephemeral') }}
-- Each telephone call once. A telephone system logs its calls in the CRM, too: what two systems say of the same agent,
-- direction, minute and talking time is one call. Two such calls within one system are two.
with calls as (
    select
        *,
        row_number() over (
            partition by
                source, lower(agent_name), direction, date_trunc('minute', started_at),
                coalesce(duration_talk_seconds, 0)
            order by started_at, call_id
        ) as occurrence
    from {{ ref('stg_crm_calls') }}
),

-- The telephone system knows more than its copy: the whole duration beside the talking time, the second it began.
ranked as (
    select
        *,
        row_number() over same_call as rank_of_call,
        count(*) over same_call - 1 as copies
    from calls
    window same_call as (
        partition by
            coalesce(lower(agent_name), call_id), direction, date_trunc('minute', started_at),
            coalesce(duration_talk_seconds, 0), occurrence
        order by duration_total_seconds is null asc, started_at desc, source asc, call_id asc
        rows between unbounded preceding and unbounded following
    )
),

final as (
    select
        call_id, source, direction, started_at, duration_total_seconds, duration_talk_seconds, is_answered, outcome,
        agent_name, team, line, related_id, copies,
        {{ business_day('started_at') }} as date_day
    from ranked
    where rank_of_call = 1
)

select * from final
