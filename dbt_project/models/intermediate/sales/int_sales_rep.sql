-- Everybody who owns or does something in sales, once, with the team of today; `Unknown` where no employee is named.
with aliases as (
    select * from {{ ref('int_rep_alias') }}
),

users as (
    select * from {{ ref('stg_crm_users') }}
),

teams as (
    select * from {{ ref('int_rep_team') }}
    where valid_to = date '9999-12-31'
),

-- Telephony knows the teams of agents that the CRM has no user for.
call_teams as (
    select
        source || ':' || agent_name as rep_id,
        arg_max(team, (started_at, call_id)) as team
    from {{ ref('stg_crm_calls') }}
    where agent_name is not null and team is not null
    group by source || ':' || agent_name
),

named as (
    select rep_id, min(rep_name) as rep_name, min(user_id) as user_id
    from aliases
    group by rep_id
),

final as (
    select
        named.rep_id,
        named.rep_name,
        coalesce(teams.team, call_teams.team, 'Unknown') as team,
        users.job_title,
        users.department,
        users.manager_id,
        coalesce(users.is_active, true) as is_active,
        users.user_id is not null as is_crm_user
    from named
    left join users on named.user_id = users.user_id
    left join teams on named.user_id = teams.rep_id
    left join call_teams on named.rep_id = call_teams.rep_id
    union all
    select 'Unknown', 'Unknown', 'Unknown', null, null, null, true, false
)

select * from final
