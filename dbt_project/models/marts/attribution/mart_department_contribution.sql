-- Which department brought what (R058): deals and revenue it began (sourced, by the first touch of all, so that they
-- add up) beside those it had any part in (influenced, which do not), by month, for all campaigns together and each.
{%- set keys = "stage, conversion_id, month_start, department" %}
with touches as (
    select * from {{ ref('int_deal_touch') }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

placed as (
    select
        touches.*,
        deals.status,
        deals.amount_reporting,
        cast(date_trunc(
            'month',
            case touches.stage when 'Won' then deals.closed_on else coalesce(deals.created_on, deals.closed_on) end
        ) as date) as month_start
    from touches
    inner join deals on touches.conversion_id = deals.opportunity_id
),

levels as (
    select * replace ('(all)' as campaign_id) from placed
    union all
    select * from placed
),

-- One row per deal, department and campaign.
parts as (
    select
        {{ keys }},
        campaign_id,
        any_value(status) as status,
        any_value(amount_reporting) as amount,
        count(*) filter (where touch_id <> '(deal)') as touches,
        bool_or(is_first) as is_source
    from levels
    group by {{ keys }}, campaign_id
),

summed as (
    select
        month_start,
        department,
        campaign_id,
        {% for stage, name in {'Opportunity': 'opportunities', 'Won': 'won_deals'}.items() -%}
            count(*) filter (where stage = '{{ stage }}' and is_source) as {{ name }}_sourced,
            count(*) filter (where stage = '{{ stage }}') as {{ name }}_influenced,
        {% endfor -%}
        sum(amount) filter (where stage = 'Won' and is_source) as revenue_sourced,
        sum(amount) filter (where stage = 'Won') as revenue_influenced,
        sum(amount) filter (where stage = 'Opportunity' and status = 'open' and is_source) as pipeline_sourced,
        sum(amount) filter (where stage = 'Opportunity' and status = 'open') as pipeline_influenced,
        sum(touches) filter (where stage = 'Won') as touches_of_won_deals
    from parts
    group by month_start, department, campaign_id
),

final as (
    select
        summed.month_start,
        summed.department,
        summed.campaign_id,
        coalesce(campaigns.campaign_name, summed.campaign_id) as campaign_name,
        summed.opportunities_sourced,
        summed.opportunities_influenced,
        summed.won_deals_sourced,
        summed.won_deals_influenced,
        {% for measure in ['revenue_sourced', 'revenue_influenced', 'pipeline_sourced', 'pipeline_influenced'] -%}
            cast(coalesce(summed.{{ measure }}, 0) as decimal(18, 2)) as {{ measure }}_reporting,
        {% endfor -%}
        cast(coalesce(summed.touches_of_won_deals, 0) as bigint) as touches_of_won_deals,
        {{ data_as_of() }} as data_as_of
    from summed
    left join campaigns on summed.campaign_id = campaigns.campaign_id
)

select * from final
