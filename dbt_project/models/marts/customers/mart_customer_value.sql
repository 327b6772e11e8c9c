-- What each customer has brought (R083, R084) and is expected to bring (R085). Whoever never paid is not a customer.
{%- set windows = [30, 90, 180, 365] %}
with costed as (
    select
        deals.customer_id,
        lines.opportunity_id,
        lines.closed_on,
        lines.amount_native,
        lines.amount_reporting,
        lines.cost_reporting
    from {{ ref('fct_sales_line') }} as lines
    inner join {{ ref('fct_opportunity') }} as deals on lines.opportunity_id = deals.opportunity_id
),

deals as (
    select customer_id, opportunity_id, closed_on, sum(amount_native) > 0 as is_purchase
    from costed
    group by customer_id, opportunity_id, closed_on
),

buyers as (
    select
        customer_id,
        min(closed_on) as first_purchase_on,
        max(closed_on) as last_purchase_on,
        count(*) as purchases,
        arg_min(opportunity_id, (closed_on, opportunity_id)) as first_deal_id
    from deals
    where is_purchase
    group by customer_id
),

aged as (
    select
        costed.*,
        costed.closed_on - buyers.first_purchase_on as age_days,
        costed.amount_reporting is not null and costed.cost_reporting is not null as is_costed
    from costed
    inner join buyers on costed.customer_id = buyers.customer_id
),

earned as (
    select
        customer_id,
        sum(amount_reporting) as revenue_to_date,
        case when bool_and(is_costed) then sum(amount_reporting - cost_reporting) end as profit_to_date,
        {% for days in windows -%}
            sum(amount_reporting) filter (where age_days <= {{ days }}) as revenue_{{ days }}d,
            case
                when bool_and(is_costed) filter (where age_days <= {{ days }})
                    then sum(amount_reporting - cost_reporting) filter (where age_days <= {{ days }})
            end as profit_{{ days }}d,
        {% endfor -%}
        sum(amount_reporting) filter (where closed_on > {{ data_as_of() }} - 365) as revenue_of_a_year,
        count(*) filter (where cost_reporting is null) as lines_without_cost,
        count(*) filter (where amount_reporting is null) as lines_without_rate
    from aged
    group by customer_id
),

-- What serving the customer cost since the first purchase. Where neither tickets nor costs of service are kept, profit
-- is margin; once they are, a customer without any cost nothing.
service as (
    select
        tickets.customer_id,
        tickets.cost_basis,
        tickets.cost_reporting,
        tickets.created_on - buyers.first_purchase_on as age_days,
        tickets.cost_reporting is null and tickets.cost_basis <> 'none' as is_unknown
    from {{ ref('int_ticket') }} as tickets
    inner join buyers on tickets.customer_id = buyers.customer_id
    where tickets.created_on >= buyers.first_purchase_on
),

served as (
    select
        customer_id,
        count(*) filter (where cost_basis = 'none') as tickets_without_cost,
        {% for days in windows -%}
            case
                when not coalesce(bool_or(is_unknown) filter (where age_days <= {{ days }}), false)
                    then coalesce(sum(cost_reporting) filter (where age_days <= {{ days }}), 0)
            end as service_cost_{{ days }}d,
        {% endfor -%}
        case when not bool_or(is_unknown) then coalesce(sum(cost_reporting), 0) end as service_cost_to_date
    from service
    group by customer_id
),

service_costs as (
    select coalesce(bool_or(cost_basis <> 'none'), false) as is_kept from {{ ref('int_ticket') }}
),

subscribers as (
    select
        customer_id,
        min(account_id) as account_id,
        coalesce(sum(mrr_end) filter (where level_on = data_as_of), 0) as mrr
    from {{ ref('mart_mrr') }}
    group by customer_id
),

known as (
    select
        coalesce(buyers.customer_id, subscribers.customer_id) as customer_id,
        coalesce(deals.account_id, subscribers.account_id) as account_id,
        deals.channel,
        deals.origin_campaign_id,
        deals.segment,
        deals.region,
        buyers.first_purchase_on,
        buyers.last_purchase_on,
        coalesce(buyers.purchases, 0) as purchases,
        subscribers.mrr,
        case when subscribers.customer_id is null then 'orders' else 'subscription' end as basis,
        coalesce(subscribers.mrr > 0, buyers.last_purchase_on > {{ data_as_of() }} - {{ var('order_active_days') }})
            as is_active
    from buyers
    full outer join subscribers on buyers.customer_id = subscribers.customer_id
    left join {{ ref('fct_opportunity') }} as deals on buyers.first_deal_id = deals.opportunity_id
),

-- Costs of marketing and sales of the month a company was won in, in millionths: those of its channel for the channel's
-- new customers, those of no channel over all of them.
acquired as (
    select
        -- Who orders without a company is a customer of the shop.
        case when sale_kind = 'order' then customer_id else account_id end as customer_id,
        channel,
        date_trunc('month', closed_on) as month,
        count(*) over (partition by date_trunc('month', closed_on), channel) as of_channel,
        count(*) over (partition by date_trunc('month', closed_on)) as of_month,
        row_number() over (partition by date_trunc('month', closed_on), channel order by account_id, customer_id) - 1
            as channel_place,
        row_number() over (partition by date_trunc('month', closed_on) order by account_id, customer_id) - 1
            as month_place
    from {{ ref('fct_opportunity') }}
    where is_new_account
),

acquisition_costs as (
    select
        date_trunc('month', date_day) as month,
        nullif(channel, 'Unknown') as channel,
        cast(sum(amount_reporting) * 1000000 as hugeint) as millionths,
        bool_or(amount_reporting is null) as is_unknown
    from {{ ref('fct_cost') }}
    where kind = 'actual' and department in ('marketing', 'sales') and date_day <= {{ data_as_of() }}
    group by month, nullif(channel, 'Unknown')
),

acquisition_months as (
    select month, bool_or(is_unknown and channel is null) as is_unknown
    from acquisition_costs
    group by month
),

-- Unknown is the cost in a month without any, with an amount without a rate, and of who came by an unknown channel.
acquisitions as (
    select
        acquired.customer_id,
        case
            when acquired.channel <> 'Unknown' and not (months.is_unknown or coalesce(own.is_unknown, false))
                then cast((
                    {{ share_of_day('coalesce(own.millionths, 0)', 'acquired.channel_place', 'acquired.of_channel') }}
                    + {{ share_of_day('coalesce(common.millionths, 0)', 'acquired.month_place', 'acquired.of_month') }}
                ) / cast(1000000 as decimal(24, 6)) as decimal(18, 6))
        end as acquisition_cost
    from acquired
    inner join acquisition_months as months on acquired.month = months.month
    left join acquisition_costs as own on acquired.month = own.month and acquired.channel = own.channel
    left join acquisition_costs as common on acquired.month = common.month and common.channel is null
),

-- Of all that was sold with a known cost.
margin as (
    select
        {{ safe_divide('sum(amount_reporting - cost_reporting)', 'sum(amount_reporting)') }} as gross_margin,
        count(distinct opportunity_id) as margin_deals
    from aged
    where is_costed
),

-- Of the complete months of the last year.
churn as (
    select
        basis,
        {{ safe_divide('sum(customers_lost)', 'sum(customers_start)') }} as monthly_churn,
        sum(customers_start) as churn_cases
    from {{ ref('mart_retention') }}
    where period_grain = 'month' and is_complete and period_end > {{ data_as_of() }} - 365
    group by basis
),

expected as (
    select
        known.*,
        {{ round_reporting(
            "case when not known.is_active then 0 when known.basis = 'subscription' then known.mrr"
            ~ " when earned.revenue_of_a_year < 0 then 0 else cast(earned.revenue_of_a_year as double) / 12 end"
        ) }} as monthly_revenue,
        margin.gross_margin,
        churn.monthly_churn,
        case
            when churn.monthly_churn is not null
                then coalesce(
                    least(1 / nullif(churn.monthly_churn, 0), {{ var('clv_horizon_months') }}),
                    {{ var('clv_horizon_months') }}
                )
        end as expected_months,
        coalesce(margin.margin_deals, 0) < {{ var('min_n') }} or coalesce(churn.churn_cases, 0) < {{ var('min_n') }}
            as is_low_n,
        acquisitions.acquisition_cost,
        earned.revenue_to_date,
        earned.revenue_of_a_year,
        earned.lines_without_cost,
        earned.lines_without_rate,
        {% for days in windows -%}
            earned.revenue_{{ days }}d,
            earned.profit_{{ days }}d
            - case
                when not service_costs.is_kept or served.customer_id is null then 0
                else served.service_cost_{{ days }}d
            end as profit_{{ days }}d,
        {% endfor -%}
        earned.profit_to_date
        - case
            when not service_costs.is_kept or served.customer_id is null then 0
            else served.service_cost_to_date
        end as profit_to_date,
        service_costs.is_kept as is_service_cost_kept,
        case
            when service_costs.is_kept and known.first_purchase_on is not null
                then case when served.customer_id is null then 0 else served.service_cost_to_date end
        end as service_cost_to_date,
        served.tickets_without_cost
    from known
    cross join service_costs
    left join served on known.customer_id = served.customer_id
    left join earned on known.customer_id = earned.customer_id
    left join acquisitions on known.customer_id = acquisitions.customer_id
    left join churn on known.basis = churn.basis
    cross join margin
),

{%- set monthly_discount = (1 + var('clv_discount_rate') | float) ** (1 / 12) - 1 %}

predicted as (
    select
        *,
        case
            when not is_active then cast(0 as decimal(18, 2))
            else
                {{ round_reporting(
                    'cast(monthly_revenue as double) * gross_margin * '
                    ~ ('expected_months' if monthly_discount == 0
                       else '(1 - power(1 + %r, -expected_months)) / %r' % (monthly_discount, monthly_discount))
                ) }}
        end as predicted_value
    from expected
),

final as (
    select
        customer_id,
        account_id,
        channel,
        origin_campaign_id,
        segment,
        region,
        basis,
        is_active,
        first_purchase_on,
        cast(date_trunc('month', first_purchase_on) as date) as cohort_month,
        last_purchase_on,
        purchases,
        cast(revenue_to_date as decimal(18, 2)) as revenue_to_date,
        cast(profit_to_date as decimal(18, 2)) as profit_to_date,
        is_service_cost_kept,
        cast(service_cost_to_date as decimal(18, 6)) as service_cost_to_date,
        coalesce(tickets_without_cost, 0) as tickets_without_cost,
        acquisition_cost,
        cast(profit_to_date - acquisition_cost as decimal(18, 6)) as net_value_to_date,
        {% for days in windows -%}
            cast(revenue_{{ days }}d as decimal(18, 2)) as revenue_{{ days }}d,
            cast(profit_{{ days }}d as decimal(18, 2)) as profit_{{ days }}d,
            cast(profit_{{ days }}d - acquisition_cost as decimal(18, 6)) as net_value_{{ days }}d,
            first_purchase_on + {{ days }} > {{ data_as_of() }} as is_censored_{{ days }}d,
        {% endfor -%}
        lines_without_cost,
        lines_without_rate,
        cast(mrr as decimal(18, 2)) as mrr,
        monthly_revenue,
        gross_margin,
        monthly_churn,
        cast(expected_months as double) as expected_months,
        monthly_churn is not null and expected_months = {{ var('clv_horizon_months') }} as is_horizon_capped,
        predicted_value,
        cast(profit_to_date + predicted_value as decimal(18, 2)) as whole_value,
        cast(profit_to_date + predicted_value - acquisition_cost as decimal(18, 6)) as net_whole_value,
        is_low_n,
        {{ data_as_of() }} as data_as_of
    from predicted
)

select * from final
