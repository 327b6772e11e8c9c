-- Which campaigns succeed (R005-R008, R059): what each brought under each model, for what it cost, and a verdict with
-- its evidence. A verdict needs a whole interval on one side of the cost, enough deals and enough time; otherwise it
-- says what is missing.
with shares as (
    select * from {{ ref('mart_attribution_share') }}
    where dimension_type = 'campaign' and dimension_key <> '(none)'
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
    where campaign_id <> '(none)'
),

models as (
    select distinct model from shares
),

costs as (
    select campaign_id, sum(amount_reporting) as cost, min(date_day) as first_cost_on
    from {{ ref('fct_cost') }}
    where
        kind = 'actual'
        and campaign_id is not null
        and department in ('marketing', 'sales')
        and date_day <= {{ data_as_of() }}
    group by campaign_id
),

touches as (
    select campaign_id, min(touched_on) as first_touch_on
    from {{ ref('fct_touchpoint') }}
    group by campaign_id
),

cycle as (
    select median(cast(full_cycle_days as double)) as days from {{ ref('fct_opportunity') }}
),

lines as (
    select
        opportunity_id,
        sum(amount_reporting) filter (where margin_reporting is not null) as revenue_with_cost,
        sum(margin_reporting) as margin
    from {{ ref('fct_sales_line') }}
    group by opportunity_id
),

margins as (
    select
        credits.model,
        credits.campaign_id,
        {{ round_reporting('sum(credits.weight * lines.revenue_with_cost)') }} as revenue_with_cost,
        {{ round_reporting('sum(credits.weight * lines.margin)') }} as gross_margin
    from {{ ref('fct_attribution') }} as credits
    inner join lines on credits.conversion_id = lines.opportunity_id
    where credits.stage = 'Won'
    group by credits.model, credits.campaign_id
),

customers as (
    select
        origin_campaign_id as campaign_id,
        count(*) as customers_acquired,
        sum(net_whole_value) as customer_value
    from {{ ref('mart_customer_value') }}
    where origin_campaign_id is not null
    group by origin_campaign_id
),

goals as (
    select
        scopes.scope_id as campaign_id,
        count(*) as goals,
        count(*) filter (where goals.status in ('behind', 'missed')) as goals_missed
    from {{ ref('mart_goal_attainment') }} as goals
    inner join {{ ref('int_goal_scope') }} as scopes
        on goals.goal_id = scopes.goal_id and goals.goal_version = scopes.goal_version
    where goals.is_latest and goals.scope_type = 'campaign'
    group by scopes.scope_id
),

-- Every campaign under every model: a campaign that brought nothing is judged, too.
joined as (
    select
        campaigns.campaign_id,
        models.model,
        campaigns.campaign_name,
        campaigns.campaign_type,
        campaigns.budget_reporting,
        least(touches.first_touch_on, costs.first_cost_on, campaigns.first_seen_on) as started_on,
        cycle.days as median_cycle_days,
        coalesce(shares.leads, 0) as leads,
        coalesce(shares.opportunities, 0) as opportunities,
        coalesce(shares.won_deals, 0) as won_deals,
        coalesce(shares.revenue_reporting, 0) as revenue,
        coalesce(shares.pipeline_reporting, 0) as pipeline,
        coalesce(shares.leads_influenced, 0) as leads_influenced,
        coalesce(shares.decided_influenced, 0) as decided_influenced,
        coalesce(shares.won_deals_influenced, 0) as won_deals_influenced,
        coalesce(shares.influenced_reporting, 0) as influenced,
        shares.revenue_share_low * shares.all_revenue_reporting as revenue_low,
        shares.revenue_share_high * shares.all_revenue_reporting as revenue_high,
        margins.revenue_with_cost,
        margins.gross_margin,
        costs.cost,
        coalesce(customers.customers_acquired, 0) as customers_acquired,
        customers.customer_value,
        coalesce(goals.goals, 0) as goals,
        coalesce(goals.goals_missed, 0) as goals_missed
    from campaigns
    cross join models
    cross join cycle
    left join shares on campaigns.campaign_id = shares.dimension_key and models.model = shares.model
    left join costs on campaigns.campaign_id = costs.campaign_id
    left join touches on campaigns.campaign_id = touches.campaign_id
    left join margins on campaigns.campaign_id = margins.campaign_id and models.model = margins.model
    left join customers on campaigns.campaign_id = customers.campaign_id
    left join goals on campaigns.campaign_id = goals.campaign_id
),

-- Campaigns that nobody answered and that cost nothing are not judged.
based as (
    select
        *,
        {{ data_as_of() }} - started_on as age_days,
        {{ return_basis('revenue', 'revenue_with_cost') }} as return_basis
    from joined
    where leads_influenced > 0 or won_deals_influenced > 0 or decided_influenced > 0 or cost > 0 or revenue > 0
),

returned as (
    select
        *,
        {{ scaled_margin('return_basis', 'gross_margin', 'revenue', 'revenue_with_cost') }} as margin
    from based
),

-- The bounds of the return are those of the revenue, at the same margin.
bounded as (
    select
        *,
        coalesce(margin, revenue) as earned,
        revenue_low * case when revenue > 0 then coalesce(margin, revenue) / revenue else 1 end as earned_low,
        revenue_high * case when revenue > 0 then coalesce(margin, revenue) / revenue else 1 end as earned_high
    from returned
),

typed as (
    select
        *,
        {{ safe_divide('earned - cost', 'cost') }} as roi
    from bounded
),

medians as (
    select
        *,
        median(roi) over (partition by model, campaign_type) as type_median_roi
    from typed
),

judged as (
    select
        *,
        case
            when age_days < median_cycle_days then 'young'
            when coalesce(cost, 0) <= 0 then 'no_cost'
            when decided_influenced < {{ var('min_n') }} then 'few_deals'
            when earned_low is null then 'no_interval'
            when earned_low > cost and goals_missed > 0 then 'pays_but_misses_goal'
            when earned_low > cost then 'pays'
            when earned_high < cost then 'does_not_pay'
            else 'may_pay'
        end as verdict_reason
    from medians
),

final as (
    select
        campaign_id,
        model,
        campaign_name,
        campaign_type,
        started_on,
        age_days,
        median_cycle_days,
        cast(leads as decimal(18, 9)) as leads,
        cast(opportunities as decimal(18, 9)) as opportunities,
        cast(won_deals as decimal(18, 9)) as won_deals,
        leads_influenced,
        decided_influenced,
        won_deals_influenced,
        revenue as revenue_reporting,
        influenced as influenced_reporting,
        pipeline as pipeline_reporting,
        revenue_with_cost,
        gross_margin,
        return_basis,
        margin,
        cast(cost as decimal(18, 6)) as cost_reporting,
        budget_reporting,
        cast(cost - budget_reporting as decimal(18, 6)) as overspend,
        cast(earned - coalesce(cost, 0) as decimal(18, 6)) as profit,
        roi,
        {{ safe_divide('earned_low - cost', 'cost') }} as roi_low,
        {{ safe_divide('earned_high - cost', 'cost') }} as roi_high,
        {{ safe_divide('revenue - cost', 'cost') }} as roi_on_revenue,
        type_median_roi,
        {{ safe_divide('cost', 'leads') }} as cost_per_lead,
        {{ safe_divide('cost', 'won_deals') }} as cost_per_won,
        {{ safe_divide('won_deals', 'leads') }} as lead_to_won_rate,
        cast(customers_acquired as bigint) as customers_acquired,
        cast(customer_value as decimal(18, 2)) as customer_value,
        cast(goals as bigint) as goals,
        cast(goals_missed as bigint) as goals_missed,
        case verdict_reason
            when 'young' then 'too early'
            when 'no_cost' then 'insufficient data'
            when 'few_deals' then 'insufficient data'
            when 'no_interval' then 'insufficient data'
            when 'pays' then 'success'
            when 'does_not_pay' then 'fail'
            else 'neutral'
        end as verdict,
        verdict_reason,
        {{ data_as_of() }} as data_as_of
    from judged
)

select * from final
