-- Average call time of the sales team (R074): talking time of answered calls only. A day's call belongs to the agent's
-- team of that day.
with tasks as (
    select * from {{ ref('int_task_call') }}
),

task_copies as (
    select same_as, count(*) as copies from tasks
    where same_as is not null
    group by same_as
),

calls as (
    select
        calls.call_id, calls.source, calls.direction, calls.duration_talk_seconds, calls.is_answered,
        calls.agent_name, calls.team, calls.date_day,
        calls.copies + coalesce(task_copies.copies, 0) as copies
    from {{ ref('int_call') }} as calls
    left join task_copies on calls.call_id = task_copies.same_as
    union all by name
    select
        call_id, source, direction, duration_talk_seconds, is_answered, rep_id, rep_name, user_id, date_day, 0 as copies
    from tasks
    where same_as is null
),

identified as (
    select
        calls.* exclude (rep_id, rep_name, user_id),
        coalesce(calls.rep_id, aliases.rep_id, 'Unknown') as rep_id,
        coalesce(calls.rep_name, aliases.rep_name, 'Unknown') as rep_name,
        coalesce(teams.team, calls.team, 'Unknown') as team_of_day,
        calls.is_answered and calls.duration_talk_seconds > 0 as is_connected
    from calls
    left join {{ ref('int_rep_alias') }} as aliases
        on
            calls.source = aliases.source
            and aliases.owner_id is null
            and calls.agent_name = aliases.owner_name
    left join {{ ref('int_rep_team') }} as teams
        on
            coalesce(calls.user_id, aliases.user_id) = teams.rep_id
            and calls.date_day >= teams.valid_from
            and calls.date_day < teams.valid_to
    where calls.date_day <= {{ data_as_of() }}
),

final as (
    select
        date_day,
        rep_id,
        min(rep_name) as rep_name,
        team_of_day as team,
        count(*) as calls,
        count(*) filter (where direction = 'outbound') as calls_outbound,
        cast(coalesce(sum(copies), 0) as bigint) as calls_logged_twice,
        count(*) filter (where is_connected) as calls_answered,
        count(*) filter (where not is_answered) as calls_unanswered,
        count(*) filter (where is_answered and duration_talk_seconds is null) as calls_without_duration,
        count(*) filter (where is_answered and duration_talk_seconds = 0) as calls_zero_duration,
        count(*) filter (where is_connected and duration_talk_seconds > 4 * 3600) as calls_over_4h,
        cast(coalesce(sum(duration_talk_seconds) filter (where is_connected), 0) as bigint) as talk_seconds,
        {{ safe_divide(
            'sum(duration_talk_seconds) filter (where is_connected)', 'count(*) filter (where is_connected)'
        ) }} as average_talk_seconds,
        {{ data_as_of() }} as data_as_of
    from identified
    group by date_day, rep_id, team_of_day
)

select * from final
