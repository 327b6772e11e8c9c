{{ config(tags=['dated']) }}
-- What goals are measured on of leads, deals and costs, per day and scope (macro by_goal_scope).
with opportunities as (
    select
        opportunities.*,
        campaigns.campaign_name
    from {{ ref('int_opportunity') }} as opportunities
    left join {{ ref('int_campaign') }} as campaigns on opportunities.origin_campaign_id = campaigns.campaign_id
),

-- A lead counts for its owner and the owner's team of the day it was created.
leads as (
    select
        origins.*,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        coalesce(aliases.rep_name, 'Unknown') as rep_name,
        coalesce(teams.team, 'Unknown') as team
    from {{ ref('int_person_origin') }} as origins
    left join {{ ref('int_rep_alias') }} as aliases
        on
            origins.source = aliases.source
            and origins.owner_id is not distinct from aliases.owner_id
            and origins.owner_name is not distinct from aliases.owner_name
    left join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and origins.lead_created_on >= teams.valid_from
            and origins.lead_created_on < teams.valid_to
),

deals as (
    select
        opportunity_id, sale_kind, created_on, closed_on,
        case when is_refund then 'refund' else status end as status, cycle_days,
        amount_native, amount_reporting, is_new_account, is_in_win_rate, is_won and not is_refund as is_sale,
        team, rep_id, rep_name, channel, region, origin_campaign_id as campaign_id, campaign_name
    from opportunities
),

-- Revenue is of those who are credited with it, all else of the deal's owner.
sold as (
    select
        deals.* replace (
            coalesce(credits.rep_id, deals.rep_id) as rep_id,
            coalesce(credits.rep_name, deals.rep_name) as rep_name,
            coalesce(credits.team, deals.team) as team
        ),
        coalesce(credits.amount_reporting, lines.amount_reporting) as line_amount,
        coalesce(
            case lines.line_kind when 'recorded' then lines.product_id when 'unallocated' then 'Unallocated' end,
            'Unspecified'
        ) as product_id
    from {{ ref('int_sales_line') }} as lines
    inner join deals on lines.opportunity_id = deals.opportunity_id
    left join {{ ref('int_sales_credit') }} as credits on lines.line_id = credits.line_id
),

products as (
    select product_id, product_name from {{ ref('stg_crm_products') }}
),

events as (
    select
        'revenue' as metric, sold.closed_on as date_day, sold.line_amount as numerator,
        cast(null as bigint) as denominator,
        sold.team, sold.rep_id, sold.rep_name, sold.channel, sold.region, sold.campaign_id, sold.campaign_name,
        sold.product_id, coalesce(products.product_name, sold.product_id) as product_name
    from sold
    left join products on sold.product_id = products.product_id
    union all
    select
        'won_deals', closed_on, 1, null, team, rep_id, rep_name, channel, region, campaign_id, campaign_name, null, null
    from deals
    where is_sale and sale_kind = 'deal'
    union all
    select
        'new_accounts', closed_on, 1, null, team, rep_id, rep_name, channel, region, campaign_id, campaign_name, null,
        null
    from deals
    where is_new_account
    union all
    select
        'opportunities', created_on, 1, null, team, rep_id, rep_name, channel, region, campaign_id, campaign_name, null,
        null
    from deals
    where created_on is not null and status <> 'refund' and sale_kind = 'deal'
    union all
    select
        'win_rate', closed_on, cast(is_sale as integer), 1, team, rep_id, rep_name, channel, region,
        campaign_id, campaign_name, null, null
    from deals
    where is_in_win_rate and status <> 'refund'
    union all
    select
        'cycle_time', closed_on, cycle_days, 1, team, rep_id, rep_name, channel, region, campaign_id, campaign_name,
        null, null
    from deals
    where is_sale and cycle_days is not null
    union all
    -- Costs of acquisition on their own day, companies won for the first time on theirs (R101).
    select
        'cac', costs.date_day, costs.amount_reporting, 0, costs.team, null, null, costs.channel, null,
        costs.campaign_id, campaigns.campaign_name, null, null
    from {{ ref('int_cost_target') }} as costs
    left join {{ ref('int_campaign') }} as campaigns on costs.campaign_id = campaigns.campaign_id
    where costs.kind = 'actual' and costs.department in ('marketing', 'sales') and costs.amount_reporting is not null
    union all
    select
        'cac', closed_on, 0, 1, team, null, null, channel, null, campaign_id, campaign_name, null, null
    from deals
    where is_new_account
    union all
    select
        'average_ticket', closed_on, amount_reporting, 1, team, rep_id, rep_name, channel, region, campaign_id,
        campaign_name, null, null
    from deals
    where is_sale and amount_native <> 0 and amount_reporting is not null
    union all
    select
        'leads', lead_created_on, 1, null, team, rep_id, rep_name, channel, region, campaign_id, campaign_name, null,
        null
    from leads
    union all
    select
        case entries.funnel_stage when 'MQL' then 'mqls' else 'sals' end, entries.entered_on, 1, null, leads.team,
        leads.rep_id, leads.rep_name, leads.channel, leads.region, leads.campaign_id, leads.campaign_name, null, null
    from {{ ref('int_stage_entry') }} as entries
    inner join leads on entries.unit_id = leads.person_id
    where entries.unit = 'person' and entries.funnel_stage in ('MQL', 'SAL')
    union all
    select
        'inquiries', {{ business_day('responded_at') }}, 1, null, null, null, null, channel, null, campaign_id,
        campaign_name, null, null
    from {{ ref('int_campaign_response') }}
    where has_responded and responded_at is not null
),

final as (
    {{ by_goal_scope('events') }}
)

select * from final
