-- Visitors of the website: people as the analytics tool counted them, each number for exactly the time and the cut that
-- an export gives it for (R012). People who come twice are one, so that no number here may be added to another (G14).
with web as (
    select *, date_day as period_start, date_day as period_end from {{ ref('int_web_day') }}
    where users is not null or active_users is not null or new_users is not null
    union all by name
    select * from {{ ref('int_web_period') }}
    where users is not null or active_users is not null or new_users is not null
),

cut as (
    select
        *,
        case
            when period_start = period_end then 'day'
            when period_end - period_start = 6 and extract(isodow from period_start) in (1, 7) then 'week'
            when period_start = date_trunc('month', period_start) and period_end = last_day(period_start) then 'month'
            else 'period'
        end as period_grain,
        concat_ws(
            ' / ',
            case when nullif(channel_group, '') is not null then 'channel group' end,
            case when nullif(session_source, '') is not null then 'source' end,
            case when nullif(session_medium, '') is not null then 'medium' end,
            case when nullif(campaign_name, '') is not null then 'campaign' end,
            case when nullif(landing_page, '') is not null then 'landing page' end,
            case when nullif(breakdown, '') is not null then 'breakdown' end
        ) as cut_by,
        concat_ws(
            ' / ', nullif(channel_group, ''), nullif(session_source, ''), nullif(session_medium, ''),
            nullif(campaign_name, ''), nullif(landing_page, ''), nullif(breakdown, '')
        ) as cut_value
    from web
    where period_start <= {{ data_as_of() }}
),

-- Of months by channel: the leads of the same channel, if no other export counts the month, too (R029).
leads as (
    select month_start, dimension_value as channel, numerator as leads
    from {{ ref('mart_funnel_conversion') }}
    where metric = 'visitor_to_lead' and dimension_type = 'channel'
),

final as (
    select
        cut.period_grain,
        cut.period_start,
        cut.period_end,
        cut.source,
        cut.account_id,
        cut.property_name,
        case when cut.cut_by = '' then 'all' else cut.cut_by end as cut_by,
        case when cut.cut_by = '' then 'all' else cut.cut_value end as cut_value,
        cut.channel,
        cut.users,
        cut.active_users,
        cut.new_users,
        cut.sessions,
        {{ safe_divide('cut.sessions', 'cut.users') }} as sessions_per_user,
        leads.leads,
        {{ safe_divide('leads.leads', 'cut.users') }} as visitor_to_lead_rate_period,
        cut.period_end <= {{ data_as_of() }} as is_complete,
        {{ data_as_of() }} as data_as_of
    from cut
    left join leads
        on
            cut.period_grain = 'month'
            and cut.cut_by = 'channel group'
            and cut.users is not null
            and cut.period_start = leads.month_start
            and cut.channel = leads.channel
)

select * from final
