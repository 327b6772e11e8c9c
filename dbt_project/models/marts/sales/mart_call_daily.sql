-- Average call time of the sales team (R074): talking time of answered calls only. A day's call belongs to the agent's
-- team of that day.
with calls as (
    select * from {{ ref('int_call') }}
),

identified as (
    select
        calls.*,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        coalesce(aliases.rep_name, 'Unknown') as rep_name,
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
            aliases.user_id = teams.rep_id
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
