-- The deals behind each goal on revenue, won deals or the win rate: those of the running period so far, and those of as
-- many days of the period before it, which it is compared with (R095).
with goals as (
    select * from {{ ref('mart_goal_attainment') }}
    where is_latest and metric in ('revenue', 'won_deals', 'win_rate') and actual is not null
),

-- A period of whole months is compared with whole months, any other with as many days.
starts as (
    select
        goals.*,
        case
            when period_start = date_trunc('month', period_start) and period_end = last_day(period_end)
                then
                    cast(
                        period_start
                        - to_months(cast(datediff('month', period_start, period_end) + 1 as integer)) as date
                    )
            else period_start - cast(days_total as integer)
        end as before_start
    from goals
),

windows as (
    select
        goal_id, goal_version, metric, scope_type, 'this period' as side, period_start as window_start,
        date_day as window_end
    from starts
    union all
    select
        goal_id, goal_version, metric, scope_type, 'period before', before_start,
        case
            when date_day = period_end then period_start - 1
            else least(period_start - 1, before_start + cast(days_elapsed as integer) - 1)
        end
    from starts
),

lines as (
    {{ credited_lines() }}
),

-- Revenue is of who is credited with it; deals are counted for their owner.
deal_parts as (
    select
        true as is_revenue,
        lines.opportunity_id,
        lines.closed_on,
        lines.team,
        lines.rep_id,
        lines.channel,
        lines.region,
        lines.origin_campaign_id as campaign_id, lines.product_id, lines.amount_reporting
    from lines
    union all
    select
        is_revenue, opportunity_id, closed_on, team, rep_id, channel, region, origin_campaign_id, null,
        case when not is_revenue then amount_reporting end
    from {{ ref('fct_opportunity') }}
    cross join (select unnest([true, false]) as is_revenue) as readings
    where closed_on is not null and not is_refund and (status = 'lost' or (status = 'won' and not is_revenue))
),

behind as (
    select
        windows.goal_id,
        windows.goal_version,
        windows.metric,
        windows.side,
        windows.window_start,
        windows.window_end,
        deal_parts.opportunity_id,
        deal_parts.closed_on,
        sum(deal_parts.amount_reporting) as amount
    from windows
    inner join {{ ref('int_goal_scope') }} as scopes
        on windows.goal_id = scopes.goal_id and windows.goal_version = scopes.goal_version
    inner join deal_parts
        on
            deal_parts.closed_on between windows.window_start and windows.window_end
            and deal_parts.is_revenue = (windows.metric = 'revenue')
            and case windows.scope_type
                when 'company' then true
                when 'team' then scopes.scope_id = deal_parts.team
                when 'rep' then scopes.scope_id = deal_parts.rep_id
                when 'channel' then scopes.scope_id = deal_parts.channel
                when 'region' then scopes.scope_id = deal_parts.region
                when 'campaign' then scopes.scope_id = deal_parts.campaign_id
                when 'product' then scopes.scope_id = deal_parts.product_id
                else false
            end
    group by
        windows.goal_id, windows.goal_version, windows.metric, windows.side, windows.window_start, windows.window_end,
        deal_parts.opportunity_id, deal_parts.closed_on
),

final as (
    select
        behind.goal_id,
        behind.opportunity_id,
        behind.side,
        behind.goal_version,
        behind.metric,
        behind.window_start,
        behind.window_end,
        behind.closed_on,
        deals.opportunity_name,
        deals.channel,
        deals.rep_name,
        case when deals.is_refund then 'refund' else deals.status end as status,
        deals.is_in_win_rate and not deals.is_refund as is_in_win_rate,
        cast(coalesce(behind.amount, 0) as decimal(18, 2)) as amount_reporting,
        {{ data_as_of() }} as data_as_of
    from behind
    inner join {{ ref('fct_opportunity') }} as deals on behind.opportunity_id = deals.opportunity_id
)

select * from final
