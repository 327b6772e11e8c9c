-- What the sales team put in (R097, R104): what each rep logged on a day, and of it prospecting and reviews of the CRM.
-- Who logged nothing has no row: without a log nobody knows whether anything was done.
with activities as (
    select
        activities.source,
        activities.owner_id,
        activities.activity_on as date_day,
        coalesce(activities.duration_seconds, 0) as seconds,
        -- Time with somebody who has no deal is prospecting, and so is what the CRM calls so.
        coalesce(types.effort, case
            when
                coalesce(types.is_contact, activities.activity_kind = 'event' or activities.duration_seconds > 0)
                and not coalesce(types.is_automated, false)
                and activities.who_id is not null
                and deals.opportunity_id is null
                then 'prospecting'
            else 'other'
        end) as effort
    from {{ ref('int_activity') }} as activities
    left join {{ ref('activity_types') }} as types on activities.activity_label = types.label
    left join {{ ref('fct_opportunity') }} as deals on activities.what_id = deals.opportunity_id
    where activities.activity_on <= {{ data_as_of() }} and not coalesce(types.is_automated, false)
),

logged as (
    select
        activities.date_day,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        coalesce(aliases.rep_name, 'Unknown') as rep_name,
        coalesce(teams.team, 'Unknown') as team,
        activities.seconds,
        activities.effort
    from activities
    left join {{ ref('int_rep_alias') }} as aliases
        on
            activities.source = aliases.source
            and activities.owner_id = aliases.owner_id
            and aliases.owner_name is null
    left join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and activities.date_day >= teams.valid_from
            and activities.date_day < teams.valid_to
),

final as (
    select
        date_day,
        rep_id,
        min(rep_name) as rep_name,
        team,
        count(*) as activities,
        count(*) filter (where effort = 'prospecting') as prospecting_activities,
        cast(round(sum(seconds) / 60.0, 2) as decimal(18, 2)) as minutes,
        cast(round(coalesce(sum(seconds) filter (where effort = 'prospecting'), 0) / 60.0, 2) as decimal(18, 2))
            as prospecting_minutes,
        count(*) filter (where effort = 'crm_review') as crm_reviews,
        {{ data_as_of() }} as data_as_of
    from logged
    group by date_day, rep_id, team
)

select * from final
