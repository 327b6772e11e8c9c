-- Every metric a goal can be set on, per day and scope: what is added up to what has been reached (R094). Levels, such
-- as recurring revenue, are here as what changed them on the day.
with lines as (
    {{ credited_lines() }}
),

deals as (
    select deals.*, campaigns.campaign_name
    from {{ ref('fct_opportunity') }} as deals
    left join {{ ref('dim_campaign') }} as campaigns on deals.origin_campaign_id = campaigns.campaign_id
),

discounted_lines as (
    select * from lines
    where not is_refund and discount_reporting > 0 and is_leading
    qualify row_number() over (partition by opportunity_id order by line_id) = 1
),

{{ purchases_on_top() }},

on_top as (
    select
        kinds.kind,
        kinds.closed_on,
        kinds.opportunity_id,
        kinds.product_id,
        case when kinds.kind = 'cross_sell' then kinds.amount_reporting else kinds.change_reporting end as added
    from kinds
    where kinds.kind in ('cross_sell', 'upsell')
),

deals_on_top as (
    select distinct closed_on, opportunity_id from on_top
),

-- A span begins and ends for the channel, region and campaign the customer was won by.
span_changes as (
    select customer_id, valid_from as date_day, mrr as mrr_change, 1 as customers_change
    from {{ ref('fct_customer_span') }}
    where basis = 'subscription'
    union all
    select customer_id, valid_to, -mrr, -1
    from {{ ref('fct_customer_span') }}
    where basis = 'subscription' and valid_to is not null
),

recurring as (
    select
        span_changes.*,
        coalesce(customers.channel, 'Unknown') as channel,
        coalesce(customers.region, 'Unknown') as region,
        customers.origin_campaign_id as campaign_id,
        campaigns.campaign_name
    from span_changes
    left join {{ ref('mart_customer_value') }} as customers on span_changes.customer_id = customers.customer_id
    left join {{ ref('dim_campaign') }} as campaigns on customers.origin_campaign_id = campaigns.campaign_id
),

efforts as (
    select * from {{ ref('mart_effort_daily') }}
),

events as (
    select
        'gross_margin_rate' as metric,
        lines.closed_on as date_day,
        lines.margin_reporting as numerator,
        lines.amount_reporting as denominator,
        lines.team,
        lines.rep_id,
        lines.rep_name,
        lines.channel,
        lines.region,
        lines.origin_campaign_id as campaign_id,
        campaigns.campaign_name,
        lines.product_id,
        lines.product_name
    from lines
    left join {{ ref('dim_campaign') }} as campaigns on lines.origin_campaign_id = campaigns.campaign_id
    where lines.margin_reporting is not null
    {% for metric, denominator in [('discount_rate', 'lines.list_reporting'), ('discount_amount', 'null')] %}
        union all
        select
            '{{ metric }}', lines.closed_on, lines.discount_reporting, {{ denominator }}, lines.team, lines.rep_id,
            lines.rep_name, lines.channel, lines.region, lines.origin_campaign_id, campaigns.campaign_name,
            lines.product_id, lines.product_name
        from lines
        left join {{ ref('dim_campaign') }} as campaigns on lines.origin_campaign_id = campaigns.campaign_id
        where not lines.is_refund and lines.discount_reporting is not null
    {% endfor %}
    union all
    select
        'discounted_deals', lines.closed_on, 1, null, lines.team, lines.rep_id, lines.rep_name, lines.channel,
        lines.region, lines.origin_campaign_id, campaigns.campaign_name, null, null
    from discounted_lines as lines
    left join {{ ref('dim_campaign') }} as campaigns on lines.origin_campaign_id = campaigns.campaign_id
    union all
    select
        on_top.kind || '_revenue', on_top.closed_on, on_top.added, null, deals.team, deals.rep_id, deals.rep_name,
        deals.channel, deals.region, deals.origin_campaign_id, deals.campaign_name, on_top.product_id,
        products.product_name
    from on_top
    inner join deals on on_top.opportunity_id = deals.opportunity_id
    left join {{ ref('dim_product') }} as products on on_top.product_id = products.product_id
    where on_top.added is not null
    union all
    select
        'expansion_deals', on_top.closed_on, 1, null, deals.team, deals.rep_id, deals.rep_name, deals.channel,
        deals.region, deals.origin_campaign_id, deals.campaign_name, null, null
    from deals_on_top as on_top
    inner join deals on on_top.opportunity_id = deals.opportunity_id
    {% for metric, change in [('mrr', 'mrr_change'), ('subscribers', 'customers_change')] %}
        union all
        select
            '{{ metric }}', date_day, {{ change }}, null, null, null, null, channel, region, campaign_id,
            campaign_name, null, null
        from recurring
    {% endfor %}
    union all
    -- A day nobody logged anything on is unknown, not without effort: it is not in the mean.
    select
        'prospecting_minutes', date_day, prospecting_minutes, 1, team, rep_id, rep_name, null, null, null, null, null,
        null
    from efforts
    union all
    select 'crm_reviews', date_day, crm_reviews, null, team, rep_id, rep_name, null, null, null, null, null, null
    from efforts
    where crm_reviews > 0
),

scoped as (
    select * from {{ ref('int_goal_metric_day') }}
    union all
    {{ by_goal_scope('events') }}
),

final as (
    select
        metric,
        date_day,
        scope_type,
        scope_id,
        scope_name,
        numerator,
        denominator,
        squares,
        {{ data_as_of() }} as data_as_of
    from scoped
)

select * from final
