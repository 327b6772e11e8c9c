-- noqa: disable=LT02
-- Which channel gives sales the best results (R009): what each brought under each model on the way from lead to
-- revenue, how fast, at what price, and its place. Channels with few deals are shown without a place.
with shares as (
    select * from {{ ref('mart_attribution_share') }}
    where dimension_type = 'channel'
),

credits as (
    select * from {{ ref('fct_attribution') }}
    where stage in ('Opportunity', 'Won')
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

costs as (
    select channel, sum(amount_reporting) as cost
    from {{ ref('fct_cost') }}
    where
        kind = 'actual'
        and channel is not null
        and department in ('marketing', 'sales')
        and date_day <= {{ data_as_of() }}
    group by channel
),

spent as (
    select channel from costs
    union
    select dimension_key from shares
),

channels as (
    select spent.channel, models.model
    from spent
    cross join (select distinct model from shares) as models
),

-- Weights have nine digits: their sums and products are exact.
decided as (
    select
        credits.model,
        credits.channel,
        sum(credits.weight) filter (where credits.stage = 'Won' and deals.is_in_win_rate) as won_in_win_rate,
        sum(credits.weight) filter (
            where credits.stage = 'Opportunity' and credits.status = 'lost' and deals.is_in_win_rate
        ) as lost_in_win_rate,
        sum(credits.weight * deals.full_cycle_days)
            filter (where credits.stage = 'Won' and deals.full_cycle_days is not null) as cycle_days,
        sum(credits.weight)
            filter (where credits.stage = 'Won' and deals.full_cycle_days is not null) as won_with_cycle
    from credits
    inner join deals on credits.conversion_id = deals.opportunity_id
    group by credits.model, credits.channel
),

joined as (
    select
        channels.channel,
        channels.model,
        coalesce(shares.leads, 0) as leads,
        coalesce(shares.mqls, 0) as mqls,
        coalesce(shares.sals, 0) as sals,
        coalesce(shares.opportunities, 0) as opportunities,
        coalesce(shares.won_deals, 0) as won_deals,
        case when channels.model <> 'markov' then coalesce(decided.won_in_win_rate, 0) end as won_in_win_rate,
        case when channels.model <> 'markov' then coalesce(decided.lost_in_win_rate, 0) end as lost_in_win_rate,
        decided.cycle_days,
        decided.won_with_cycle,
        coalesce(shares.revenue_reporting, 0) as revenue_reporting,
        shares.pipeline_reporting,
        shares.revenue_share,
        shares.revenue_share_low,
        shares.revenue_share_high,
        coalesce(shares.leads_influenced, 0) as leads_influenced,
        coalesce(shares.won_deals_influenced, 0) as won_deals_influenced,
        costs.cost,
        shares.revenue_rank,
        coalesce(shares.is_low_n, true) as is_low_n
    from channels
    left join shares on channels.channel = shares.dimension_key and channels.model = shares.model
    left join decided on channels.channel = decided.channel and channels.model = decided.model
    left join costs on channels.channel = costs.channel
),

rated as (
    select
        *,
        {{ safe_divide('revenue_reporting - cost', 'cost') }} as roi
    from joined
),

final as (
    select
        channel,
        model,
        cast(leads as decimal(18, 9)) as leads,
        cast(mqls as decimal(18, 9)) as mqls,
        cast(sals as decimal(18, 9)) as sals,
        cast(opportunities as decimal(18, 9)) as opportunities,
        cast(won_deals as decimal(18, 9)) as won_deals,
        cast(won_in_win_rate as decimal(18, 9)) as won_in_win_rate,
        cast(lost_in_win_rate as decimal(18, 9)) as lost_in_win_rate,
        cast(won_in_win_rate + lost_in_win_rate as decimal(18, 9)) as decided_deals,
        cast(revenue_reporting as decimal(18, 2)) as revenue_reporting,
        pipeline_reporting,
        revenue_share,
        revenue_share_low,
        revenue_share_high,
        leads_influenced,
        won_deals_influenced,
        {{ safe_divide('opportunities', 'leads') }} as lead_to_deal_rate,
        {{ safe_divide('won_deals', 'leads') }} as lead_to_won_rate,
        {{ safe_divide('won_in_win_rate', 'won_in_win_rate + lost_in_win_rate') }} as win_rate,
        {{ safe_divide('cycle_days', 'won_with_cycle') }} as mean_cycle_days,
        {{ safe_divide('revenue_reporting', 'won_deals') }} as average_ticket,
        cast(cost as decimal(18, 6)) as cost_reporting,
        {{ safe_divide('cost', 'leads') }} as cost_per_lead,
        {{ safe_divide('cost', 'won_deals') }} as cost_per_won,
        roi,
        is_low_n,
        revenue_rank,
        case
            when not is_low_n and roi is not null and channel <> '(none)'
                then rank() over (
                    partition by model, not is_low_n and roi is not null and channel <> '(none)'
                    order by roi desc
                )
        end as roi_rank,
        {{ data_as_of() }} as data_as_of
    from rated
)

select * from final
