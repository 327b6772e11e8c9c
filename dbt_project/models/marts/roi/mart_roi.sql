-- What marketing and sales earned for what they cost. Each event counts on its own day; on the day its customer became
-- a lead, beside the spend that brought him; and costs, too, as much later as a sale takes.
{%- set costs = [
    'cost_media', 'cost_production', 'cost_tools', 'cost_people', 'cost_other', 'marketing_cost', 'sales_cost',
    'total_cost', 'other_department_cost', 'ad_spend', 'direct_cost', 'cost_under_plan', 'planned_cost'
] %}
{%- set results = [
    'revenue', 'revenue_with_cost', 'gross_margin', 'revenue_marketing', 'revenue_marketing_with_cost',
    'gross_margin_marketing', 'revenue_paid'
] %}
{%- set counts = ['won_deals', 'orders', 'new_customers', 'new_customers_paid', 'leads'] %}
with ledger as (
    select * from {{ ref('fct_cost') }}
    where date_day <= {{ data_as_of() }}
),

lines as (
    {{ credited_lines() }}
),

opportunities as (
    select * from {{ ref('fct_opportunity') }}
),

channels as (
    select * from {{ ref('dim_channel') }}
),

-- Days from a lead to the sale, by the median of our own won deals unless it is given.
lag as (
    select
        {% if var('cac_lag_days') is not none -%}
            cast(coalesce(max({{ var('cac_lag_days') }}), {{ var('cac_lag_days') }}) as bigint) as lag_days
        {%- else -%}
            coalesce(cast(round(median(full_cycle_days)) as bigint), 0) as lag_days
        {%- endif %}
    from opportunities
),

cost_events as (
    select
        date_day,
        channel,
        campaign_id,
        team,
        {% for category in ['media', 'production', 'tools', 'people', 'other'] -%}
            sum(amount_reporting) filter (
                where kind = 'actual' and department in ('marketing', 'sales') and category = '{{ category }}'
            ) as cost_{{ category }},
        {% endfor -%}
        sum(amount_reporting) filter (where kind = 'actual' and department = 'marketing') as marketing_cost,
        sum(amount_reporting) filter (where kind = 'actual' and department = 'sales') as sales_cost,
        sum(amount_reporting) filter (where kind = 'actual' and department in ('marketing', 'sales')) as total_cost,
        sum(amount_reporting) filter (where kind = 'actual' and department not in ('marketing', 'sales'))
            as other_department_cost,
        sum(amount_reporting) filter (where kind = 'actual' and department = 'marketing' and category = 'media')
            as ad_spend,
        sum(amount_reporting) filter (
            where kind = 'actual' and department in ('marketing', 'sales') and allocation <> 'allocated'
        ) as direct_cost,
        sum(amount_reporting) filter (where kind = 'planned' and department in ('marketing', 'sales')) as planned_cost
    from ledger
    group by date_day, channel, campaign_id, team
),

deals as (
    select
        lines.opportunity_id,
        lines.closed_on,
        opportunities.lead_created_on,
        opportunities.created_on,
        lines.channel,
        lines.origin_campaign_id as campaign_id,
        lines.team,
        lines.is_refund,
        lines.is_new_account,
        lines.sale_kind,
        channels.is_paid,
        channels.is_marketing,
        lines.is_leading,
        sum(lines.amount_reporting) as revenue,
        sum(lines.amount_reporting) filter (where lines.margin_reporting is not null) as revenue_with_cost,
        sum(lines.margin_reporting) as gross_margin
    from lines
    inner join opportunities on lines.opportunity_id = opportunities.opportunity_id
    left join channels on lines.channel = channels.channel
    group by all
),

bases as (
    select unnest(['activity', 'spend_cohort', 'lagged']) as basis
),

events as (
    select
        bases.basis,
        case when bases.basis = 'lagged' then costs.date_day + cast(lag.lag_days as integer) else costs.date_day end
            as event_on,
        costs.* exclude (date_day)
    from cost_events as costs
    cross join bases
    cross join lag
    union all by name
    select
        bases.basis,
        case
            when bases.basis = 'spend_cohort'
                then least(coalesce(deals.lead_created_on, deals.created_on, deals.closed_on), deals.closed_on)
            else deals.closed_on
        end as event_on,
        deals.channel,
        deals.campaign_id,
        deals.team,
        deals.revenue,
        deals.revenue_with_cost,
        deals.gross_margin,
        case when deals.is_marketing then deals.revenue end as revenue_marketing,
        case when deals.is_marketing then deals.revenue_with_cost end as revenue_marketing_with_cost,
        case when deals.is_marketing then deals.gross_margin end as gross_margin_marketing,
        case when deals.is_paid then deals.revenue end as revenue_paid,
        case when deals.is_leading and not deals.is_refund and deals.sale_kind = 'deal' then 1 else 0 end as won_deals,
        case when deals.is_leading and not deals.is_refund and deals.sale_kind = 'order' then 1 else 0 end as orders,
        case when deals.is_leading and deals.is_new_account then 1 else 0 end as new_customers,
        case when deals.is_leading and deals.is_new_account and deals.is_paid then 1 else 0 end as new_customers_paid
    from deals
    cross join bases
    union all by name
    select
        bases.basis,
        leads.lead_created_on as event_on,
        leads.channel,
        leads.campaign_id,
        1 as leads
    from {{ ref('int_person_origin') }} as leads
    cross join bases
),

months as (
    select
        basis,
        date_trunc('month', event_on) as month,
        channel,
        campaign_id,
        team,
    {%- for measure in costs + results + counts if measure != 'cost_under_plan' %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
    from events
    where event_on <= {{ data_as_of() }}
    group by all
),

grains as (
    {%- for grain in var('roi_periods') %}
        select '{{ grain }}' as period_grain
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A plan binds what it names: its campaign, else its team, else its channel, else everything.
periods as (
    select
        months.*,
        grains.period_grain,
        case grains.period_grain
            when 'all' then min(months.month) over ()
            else date_trunc(grains.period_grain, months.month)
        end as period_start,
        case
            when months.planned_cost is null then null
            else coalesce(
                'campaign ' || months.campaign_id, 'team ' || months.team, 'channel ' || months.channel, 'everything'
            )
        end as planned_for
    from months
    cross join grains
),

plans as (
    select distinct basis, period_grain, period_start, planned_for
    from periods
    where planned_for is not null
),

held_against_plans as (
    select
        *,
        case
            when exists (
                select 1 from plans
                where
                    plans.basis = periods.basis
                    and plans.period_grain = periods.period_grain
                    and plans.period_start = periods.period_start
                    and plans.planned_for in (
                        'campaign ' || periods.campaign_id, 'team ' || periods.team, 'channel ' || periods.channel,
                        'everything'
                    )
            ) then coalesce(direct_cost, 0)
        end as cost_under_plan
    from periods
),

dimensions as (
    {%- for dimension in var('roi_dimensions') %}
        select '{{ dimension }}' as dimension_type
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

keyed as (
    select
        periods.*,
        dimensions.dimension_type,
        case dimensions.dimension_type
            when 'total' then 'All'
            when 'channel' then coalesce(periods.channel, '(none)')
            when 'campaign' then coalesce(periods.campaign_id, '(none)')
            when 'team' then coalesce(periods.team, '(none)')
        end as dimension_key
    from held_against_plans as periods
    cross join dimensions
),

cuts as (
    select
        basis,
        period_grain,
        cast(period_start as date) as period_start,
        dimension_type,
        dimension_key,
    {%- for measure in costs + results + counts %}
        sum({{ measure }}) as {{ measure }}{{ ',' if not loop.last }}
    {%- endfor %}
    from keyed
    group by basis, period_grain, period_start, dimension_type, dimension_key
),

summed as (
    select
        cuts.basis,
        cuts.period_grain,
        cuts.period_start,
        case cuts.period_grain
            when 'month' then cast(cuts.period_start + interval 1 month - interval 1 day as date)
            when 'quarter' then cast(cuts.period_start + interval 3 month - interval 1 day as date)
            when 'year' then cast(cuts.period_start + interval 1 year - interval 1 day as date)
            else {{ data_as_of() }}
        end as period_end,
        cuts.dimension_type,
        cuts.dimension_key,
        -- Teams sell: marketing spend and leads belong to no team.
        {%- for measure in costs if measure not in ('cost_under_plan', 'planned_cost') %}
            {{ known_to_teams(measure, 'decimal(18, 6)', ['marketing_cost', 'ad_spend']) }} as {{ measure }},
        {%- endfor %}
        cast(cuts.cost_under_plan as decimal(18, 6)) as cost_under_plan,
        cast(cuts.planned_cost as decimal(18, 6)) as planned_cost,
        cast(coalesce(cuts.revenue, 0) as decimal(18, 2)) as revenue,
        cast(cuts.revenue_with_cost as decimal(18, 2)) as revenue_with_cost,
        cast(cuts.gross_margin as decimal(18, 2)) as gross_margin,
        {{ known_to_teams('revenue_marketing', 'decimal(18, 2)', ['revenue_marketing']) }} as revenue_marketing,
        cast(cuts.revenue_marketing_with_cost as decimal(18, 2)) as revenue_marketing_with_cost,
        cast(cuts.gross_margin_marketing as decimal(18, 2)) as gross_margin_marketing,
        {{ known_to_teams('revenue_paid', 'decimal(18, 2)', ['revenue_paid']) }} as revenue_paid,
        {%- for measure in counts %}
            {{ known_to_teams(measure, 'bigint', ['new_customers_paid', 'leads']) }} as {{ measure }},
        {%- endfor %}
        lag.lag_days
    from cuts
    cross join lag
),

-- The margin of all revenue where the cost of all of it is known, else at the rate of the known part if that is most
-- of it.
returned as (
    select
        *,
        {{ return_basis('revenue', 'revenue_with_cost') }} as return_basis,
        {{ return_basis('revenue_marketing', 'revenue_marketing_with_cost') }} as return_basis_marketing
    from summed
),

targets as (
    select
        goals.scope_type,
        scopes.scope_id,
        greatest(goals.counts_from, goals.period_start) as counts_from,
        least(goals.counts_until, goals.period_end + 1) as counts_until,
        goals.target
    from {{ ref('dim_goal_period') }} as goals
    inner join {{ ref('int_goal_scope') }} as scopes
        on goals.goal_id = scopes.goal_id and goals.goal_version = scopes.goal_version
    where goals.metric = 'cac' and goals.scope_type in ('company', 'channel', 'campaign', 'team')
),

aimed as (
    select
        returned.*,
        targets.target as cac_target
    from returned
    left join targets
        on
            least(returned.period_end, {{ data_as_of() }}) >= targets.counts_from
            and least(returned.period_end, {{ data_as_of() }}) < targets.counts_until
            and (
                targets.scope_type = 'company'
                or (returned.dimension_type = targets.scope_type and returned.dimension_key = targets.scope_id)
            )
    qualify row_number() over (
        partition by
            returned.basis, returned.period_grain, returned.period_start, returned.dimension_type,
            returned.dimension_key
        order by
            case targets.scope_type when 'company' then 1 else 0 end asc, targets.counts_from desc, targets.target asc
    ) = 1
),

profits as (
    select
        *,
        {{ scaled_margin('return_basis', 'gross_margin', 'revenue', 'revenue_with_cost') }} as margin,
        case
            when revenue_marketing is not null
                then {{ scaled_margin(
                    'return_basis_marketing', 'gross_margin_marketing', 'revenue_marketing',
                    'revenue_marketing_with_cost'
                ) }}
        end as margin_marketing,
        cast(cost_under_plan - planned_cost as decimal(18, 6)) as overspend
    from aimed
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

final as (
    select
        basis,
        period_grain,
        period_start,
        period_end,
        dimension_type,
        dimension_key,
        case
            when dimension_type = 'campaign' then coalesce(campaigns.campaign_name, dimension_key) else dimension_key
        end as dimension_label,
        period_end <= {{ data_as_of() }} as is_complete,
        period_end + case basis when 'spend_cohort' then {{ var('roi_cohort_days') }} else 0 end <= {{ data_as_of() }}
            as is_mature,
        lag_days,
        'origin' as attribution_model,
        {{ costs | join(',\n        ') }},
        overspend,
        {{ (results + counts) | join(',\n        ') }},
        won_deals + orders as sales,
        return_basis,
        margin,
        return_basis_marketing,
        margin_marketing,
        cast(margin_marketing - marketing_cost as decimal(18, 6)) as marketing_profit,
        cast(revenue_marketing - marketing_cost as decimal(18, 6)) as marketing_profit_on_revenue,
        cast(margin - marketing_cost as decimal(18, 6)) as marketing_profit_blended,
        cast(margin - sales_cost as decimal(18, 6)) as sales_profit,
        cast(revenue - sales_cost as decimal(18, 6)) as sales_profit_on_revenue,
        cast(margin - total_cost as decimal(18, 6)) as combined_profit,
        cast(revenue - total_cost as decimal(18, 6)) as combined_profit_on_revenue,
        {{ safe_divide('margin_marketing - marketing_cost', 'marketing_cost') }} as marketing_roi,
        {{ safe_divide('revenue_marketing - marketing_cost', 'marketing_cost') }} as marketing_roi_on_revenue,
        {{ safe_divide('margin - marketing_cost', 'marketing_cost') }} as marketing_roi_blended,
        {{ safe_divide('margin - sales_cost', 'sales_cost') }} as sales_roi,
        {{ safe_divide('revenue - sales_cost', 'sales_cost') }} as sales_roi_on_revenue,
        {{ safe_divide('margin - total_cost', 'total_cost') }} as combined_roi,
        {{ safe_divide('revenue - total_cost', 'total_cost') }} as combined_roi_on_revenue,
        {{ safe_divide('revenue_paid', 'ad_spend') }} as roas,
        {{ safe_divide('revenue', 'ad_spend') }} as roas_blended,
        {{ safe_divide('total_cost', 'won_deals + orders') }} as cost_per_result,
        {{ safe_divide('total_cost', 'revenue') }} as cost_revenue_ratio,
        {{ safe_divide('marketing_cost', 'leads') }} as cost_per_lead,
        {{ safe_divide('ad_spend', 'new_customers_paid') }} as cac_paid,
        {{ safe_divide('marketing_cost', 'new_customers') }} as cac_blended,
        {{ safe_divide('total_cost', 'new_customers') }} as cac_loaded,
        cac_target,
        cast(coalesce(margin, revenue) - total_cost as decimal(18, 6)) as profit,
        coalesce(margin, revenue) - total_cost > 0 as is_profitable,
        case
            when total_cost = 0 then 'no_cost'
            when planned_cost is null and cac_target is null then 'no_target'
            when overspend <= 0 then 'within_budget'
            when total_cost > cac_target * greatest(new_customers, 1) and planned_cost is null then 'too_dear'
            when total_cost > cac_target * greatest(new_customers, 1) then 'over_budget_and_too_dear'
            when planned_cost is null then 'within_target'
            else 'over_budget'
        end as spending,
        {{ data_as_of() }} as data_as_of
    from profits
    left join campaigns on case when dimension_type = 'campaign' then dimension_key end = campaigns.campaign_id
)

select * from final
