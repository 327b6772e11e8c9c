-- Why a goal on revenue, won deals or the win rate is ahead or behind (R094, R095): what the deals of the period did
-- otherwise than those of the period before it (how many were closed, of which channels, how many of them were won, at
-- what price), and how much more was asked for. What is won and lost is of every channel C:
--   closed deals x share of C x win rate of C x ticket of C, added up
-- and each step changes one factor, the others being new for those before it and old for those after it; win rate and
-- ticket, which have no order, share what they change together.
with goals as (
    select * from {{ ref('mart_goal_attainment') }}
    where is_latest and metric in ('revenue', 'won_deals', 'win_rate') and actual is not null and target is not null
),

deals as (
    select * from {{ ref('mart_goal_deal') }}
),

by_channel as (
    select
        goal_id,
        channel,
        count(*) filter (where side = 'this period' and is_in_win_rate) as closed_now,
        count(*) filter (where side = 'period before' and is_in_win_rate) as closed_before,
        count(*) filter (where side = 'this period' and is_in_win_rate and status = 'won') as won_now,
        count(*) filter (where side = 'period before' and is_in_win_rate and status = 'won') as won_before,
        coalesce(sum(amount_reporting) filter (where side = 'this period' and is_in_win_rate and status = 'won'), 0)
            as revenue_now,
        coalesce(sum(amount_reporting) filter (where side = 'period before' and is_in_win_rate and status = 'won'), 0)
            as revenue_before,
        -- Refunds and deals that count in no win rate.
        coalesce(sum(amount_reporting) filter (where side = 'this period'), 0) - revenue_now as other_revenue_now,
        coalesce(sum(amount_reporting) filter (where side = 'period before'), 0) - revenue_before
            as other_revenue_before,
        count(*) filter (where side = 'this period' and status = 'won') - won_now as other_won_now,
        count(*) filter (where side = 'period before' and status = 'won') - won_before as other_won_before
    from deals
    group by goal_id, channel
),

totals as (
    select
        goal_id,
        cast(sum(closed_now) as bigint) as closed_now,
        cast(sum(closed_before) as bigint) as closed_before,
        cast(sum(won_now) as bigint) as won_now,
        cast(sum(won_before) as bigint) as won_before,
        sum(revenue_now) as revenue_now,
        sum(revenue_before) as revenue_before,
        sum(other_revenue_now) as other_revenue_now,
        sum(other_revenue_before) as other_revenue_before,
        cast(sum(other_won_now) as bigint) as other_won_now,
        cast(sum(other_won_before) as bigint) as other_won_before
    from by_channel
    group by goal_id
),

-- Won deals are revenue at a price of one. A channel that had no deal, or won none, before had the price of all.
valued as (
    select
        by_channel.goal_id,
        by_channel.channel,
        goals.metric,
        totals.closed_now as all_closed_now,
        totals.closed_before as all_closed_before,
        cast(by_channel.closed_now as double) as closed_now,
        cast(by_channel.closed_before as double) as closed_before,
        {{ safe_divide('by_channel.closed_now', 'totals.closed_now') }} as share_now,
        -- Where nothing was closed before, everything is more deals.
        case
            when totals.closed_before = 0 then {{ safe_divide('by_channel.closed_now', 'totals.closed_now') }}
            else {{ safe_divide('by_channel.closed_before', 'totals.closed_before') }}
        end as share_before,
        coalesce(
            {{ safe_divide('by_channel.won_before', 'by_channel.closed_before') }},
            {{ safe_divide('totals.won_before', 'totals.closed_before') }},
            {{ safe_divide('by_channel.won_now', 'by_channel.closed_now') }},
            0
        ) as rate_before,
        coalesce(case
            when goals.metric <> 'revenue' then 1.0
            else coalesce(
                {{ safe_divide('by_channel.revenue_before', 'by_channel.won_before') }},
                {{ safe_divide('totals.revenue_before', 'totals.won_before') }},
                {{ safe_divide('by_channel.revenue_now', 'by_channel.won_now') }}
            )
        end, 0) as ticket_before,
        coalesce({{ safe_divide('by_channel.won_now', 'by_channel.closed_now') }}, 0) as rate_now,
        case
            when goals.metric <> 'revenue' then 1.0
            else {{ safe_divide('by_channel.revenue_now', 'by_channel.won_now') }}
        end as ticket_now
    from by_channel
    inner join totals on by_channel.goal_id = totals.goal_id
    inner join goals on by_channel.goal_id = goals.goal_id
),

stepped as (
    select
        *,
        coalesce(ticket_now, ticket_before) as ticket_reached,
        -- Of the win rate itself nothing is multiplied by the number of deals.
        case when metric = 'win_rate' then 1.0 else all_closed_now end as deals_now,
        case when metric = 'win_rate' then least(all_closed_before, 1) else all_closed_before end as deals_before
    from valued
),

effects as (
    select
        goal_id,
        sum((deals_now - deals_before) * coalesce(share_before, 0) * rate_before * ticket_before order by channel)
            as volume,
        sum(
            deals_now * (coalesce(share_now, 0) - coalesce(share_before, 0)) * rate_before * ticket_before
            order by channel
        ) as mix,
        sum(
            deals_now * coalesce(share_now, 0) * (rate_now - rate_before) * (ticket_before + ticket_reached) / 2
            order by channel
        ) as conversion,
        sum(
            deals_now * coalesce(share_now, 0) * (rate_now + rate_before) / 2 * (ticket_reached - ticket_before)
            order by channel
        ) as ticket
    from stepped
    group by goal_id
),

-- In whole cents, or billionths of a deal or rate; what rounding leaves goes to the largest step.
compared as (
    select
        goals.*,
        coalesce(totals.closed_now, 0) as closed_now,
        coalesce(totals.closed_before, 0) as closed_before,
        coalesce(totals.won_now, 0) as won_now,
        coalesce(totals.won_before, 0) as won_before,
        cast(case goals.metric
            when 'revenue' then coalesce(totals.revenue_before + totals.other_revenue_before, 0)
            when 'won_deals' then coalesce(totals.won_before + totals.other_won_before, 0)
            else coalesce({{ safe_divide('totals.won_before', 'totals.closed_before') }}, 0)
        end as decimal(24, 9)) as reference,
        cast(case goals.metric
            when 'revenue' then coalesce(totals.other_revenue_now - totals.other_revenue_before, 0)
            when 'won_deals' then coalesce(totals.other_won_now - totals.other_won_before, 0)
            else 0
        end as decimal(24, 9)) as other,
        {% for effect in ['volume', 'mix', 'conversion', 'ticket'] -%}
            cast(
                case goals.metric
                    when 'revenue' then round(coalesce(effects.{{ effect }}, 0), 2)
                    else round(coalesce(effects.{{ effect }}, 0), 9)
                end as decimal(24, 9)
            ) as {{ effect }},
        {% endfor -%}
        cast(goals.actual as decimal(24, 9)) as actual_exact,
        cast(goals.expected_to_date as decimal(24, 9)) as expected_exact
    from goals
    left join totals on goals.goal_id = totals.goal_id
    left join effects on goals.goal_id = effects.goal_id
),

balanced as (
    select
        *,
        reference - expected_exact as ambition,
        actual_exact - reference - other - volume - mix - conversion - ticket as rest,
        case greatest(abs(volume), abs(mix), abs(conversion), abs(ticket))
            when abs(volume) then 'volume'
            when abs(mix) then 'mix'
            when abs(conversion) then 'conversion'
            else 'ticket'
        end as largest_step
    from compared
),

listed as (
    {% for component in ['volume', 'mix', 'conversion', 'ticket', 'other', 'ambition'] %}
        select
            *,
            '{{ component }}' as component,
            {{ loop.index }} as component_number,
            {{ component }} + case when largest_step = '{{ component }}' then rest else 0 end as effect
        from balanced
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        goal_id,
        component,
        cast(component_number as integer) as component_number,
        goal_version,
        goal_name,
        metric,
        date_day,
        period_start,
        actual_exact as actual,
        expected_exact as expected_to_date,
        cast(actual_exact - expected_exact as decimal(24, 9)) as gap,
        reference,
        cast(effect as decimal(24, 9)) as effect,
        cast(rest as decimal(24, 9)) as rounding,
        {{ safe_divide('effect', 'actual_exact - expected_exact') }} as share_of_gap,
        closed_now,
        closed_before,
        won_now,
        won_before,
        data_as_of
    from listed
)

select * from final
