{#-
CTEs of what existing customers bought on top (R091): products they did not have, more of those they had, or the same
again. A customer's first deal is not counted, however many products it holds.

bought  one row per product of a deal, the first deals included
kinds   one row per product of a later deal: kind, amount_reporting, change_reporting (more than the customer's last deal
        with the product)
-#}
{% macro purchases_on_top() -%}
    sold as (
        select
            lines.opportunity_id,
            deals.customer_id,
            lines.closed_on,
            case when lines.line_kind = 'recorded' then nullif(lines.product_id, 'Unspecified') end as product_id,
            lines.quantity,
            lines.amount_native,
            lines.currency,
            lines.amount_reporting,
            lines.fx_rate,
            sum(lines.amount_native) over (partition by lines.opportunity_id) > 0 as is_purchase
        from {{ ref('fct_sales_line') }} as lines
        inner join {{ ref('fct_opportunity') }} as deals on lines.opportunity_id = deals.opportunity_id
    ),

    -- One row per product of a deal; deals of one day follow each other by id.
    bought as (
        select
            customer_id,
            opportunity_id,
            closed_on,
            product_id,
            count(*) as line_count,
            sum(quantity) as quantity,
            sum(amount_native) as amount_native,
            min(currency) as currency,
            sum(amount_reporting) as amount_reporting,
            min(fx_rate) as fx_rate,
            min((closed_on, opportunity_id)) over (partition by customer_id) as first_deal
        from sold
        where is_purchase
        group by customer_id, opportunity_id, closed_on, product_id
    ),

    compared as (
        select
            *,
            lag(quantity) over before_it as earlier_quantity,
            lag(amount_native) over before_it as earlier_native,
            lag(amount_reporting) over before_it as earlier_reporting,
            lag(currency) over before_it as earlier_currency,
            lag(opportunity_id) over before_it is not null as had_it,
            (closed_on, opportunity_id) = first_deal as is_first
        from bought
        window before_it as (partition by customer_id, product_id order by closed_on, opportunity_id)
    ),

    -- Money of two currencies is compared in the reporting currency, else in its own, so that rates sell nothing.
    judged as (
        select
            *,
            case
                when currency = earlier_currency
                    then {{ to_reporting_cents('amount_native - earlier_native', 'fx_rate') }}
                else amount_reporting - earlier_reporting
            end as change_reporting,
            case
                when currency = earlier_currency then amount_native - earlier_native
                else amount_reporting - earlier_reporting
            end as change_of_amount,
            coalesce(quantity - earlier_quantity, 0) as change_of_quantity
        from compared
        where not is_first
    ),

    kinds as (
        select
            *,
            case
                when product_id is null then 'unknown'
                when not had_it then 'cross_sell'
                when change_of_quantity > 0 or change_of_amount > 0 then 'upsell'
                when change_of_quantity < 0 or change_of_amount < 0 then 'reduction'
                else 'renewal'
            end as kind
        from judged
    )
{%- endmacro %}
