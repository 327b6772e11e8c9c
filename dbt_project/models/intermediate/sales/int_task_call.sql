-- Calls that the CRM knows as tasks of its people. A telephone system logs its calls as tasks, too, and the task says
-- when the call was written down: one of the same person, direction and talking time, written down within a quarter of
-- an hour of the end, is the same call; of unanswered ones the minute must agree. A task with a day and no time is a
-- call of that day.
with aliases as (
    select source, owner_id, min(rep_id) as rep_id, min(rep_name) as rep_name, min(user_id) as user_id
    from {{ ref('int_rep_alias') }}
    where owner_id is not null
    group by source, owner_id
),

named as (
    select
        activities.activity_id as call_id,
        activities.source,
        aliases.rep_id,
        aliases.rep_name,
        aliases.user_id,
        nullif(lower(trim(activities.call_type)), '') as direction,
        activities.activity_at as started_at,
        coalesce(activities.duration_seconds, 0) as duration_talk_seconds,
        coalesce(activities.duration_seconds, 0) > 0 as is_answered,
        activities.activity_at = date_trunc('day', activities.activity_at) as is_day_only
    from {{ ref('int_activity') }} as activities
    left join aliases on activities.source = aliases.source and activities.owner_id = aliases.owner_id
    where activities.call_type is not null or activities.activity_label = 'call'
),

tasks as (
    select
        *,
        case when is_day_only then cast(started_at as date) else {{ business_day('started_at') }} end as date_day
    from named
),

calls as (
    select * from {{ ref('int_call') }}
),

candidates as (
    select
        tasks.call_id,
        calls.call_id as same_as,
        abs(epoch(tasks.started_at - calls.started_at)) as seconds_apart
    from tasks
    inner join calls
        on
            tasks.date_day = calls.date_day
            and lower(tasks.rep_name) = lower(calls.agent_name)
            and coalesce(tasks.direction, calls.direction) = calls.direction
            and tasks.duration_talk_seconds = coalesce(calls.duration_talk_seconds, 0)
    where
        tasks.is_day_only
        or date_trunc('minute', tasks.started_at) = date_trunc('minute', calls.started_at)
        or (
            tasks.duration_talk_seconds > 0
            and epoch(tasks.started_at - calls.started_at)
            between 0 and coalesce(calls.duration_total_seconds, calls.duration_talk_seconds) + 900
        )
),

-- One task is one call: the n-th task of several like calls is the n-th of them.
task_places as (
    select call_id, same_as, row_number() over (partition by same_as order by seconds_apart, call_id) as place
    from candidates
),

copies as (
    select call_id, min(same_as) as same_as
    from task_places
    where place = 1
    group by call_id
),

final as (
    select tasks.* exclude (is_day_only), copies.same_as
    from tasks
    left join copies on tasks.call_id = copies.call_id
)

select * from final
