-- noqa: disable=LT02,LT08
{{ config(tags=['dated']) }}
-- Every order with what it earns, whose it is and where the customer came from, and why it is not a sale where it
-- is not. What it earns is its items after discounts; taxes and shipping by variables.
with orders as (
    select * from {{ ref('stg_orders') }}
),

line_sums as (
    select order_id, sum(round(cast(quantity as decimal(28, 6)) * unit_price, 6)) as amount
    from {{ ref('stg_order_lines') }}
    group by order_id
),

refunds as (
    select order_id, sum(amount) as amount
    from {{ ref('stg_order_refunds') }}
    group by order_id
),

-- The person behind an address, if the CRM or a lead form knows it.
addresses as (
    select records.email_hash, min(links.person_id) as person_id
    from (
        select 'lead' as record_kind, lead_id as record_id, email_hash from {{ ref('stg_crm_leads') }}
        union all
        select 'contact', contact_id, email_hash from {{ ref('stg_crm_contacts') }}
    ) as records
    inner join {{ ref('int_person_link') }} as links
        on records.record_kind = links.record_kind and records.record_id = links.record_id
    where records.email_hash is not null
    group by records.email_hash
),

priced as (
    select
        orders.*,
        coalesce(orders.shipping, 0) as shipping_paid,
        coalesce(orders.tax, 0) as tax_paid,
        coalesce(
            orders.subtotal,
            {{ native_amount('line_sums.amount - coalesce(orders.discount, 0)', 'orders.exponent') }},
            orders.total - coalesce(orders.shipping, 0)
            - case when orders.is_tax_included then 0 else coalesce(orders.tax, 0) end
        ) as items
    from orders
    left join line_sums on orders.order_id = line_sums.order_id
),

-- Where nobody says how much of the taxes is that of shipping, it is by its share of the price.
taxed as (
    select
        *,
        coalesce(
            shipping_tax,
            {{ native_amount(
                'cast(tax_paid as decimal(28, 4)) * cast(shipping_paid as decimal(18, 4))
                / nullif(items + shipping_paid, 0)', 'exponent'
            ) }},
            0
        ) as tax_of_shipping
    from priced
),

{%- set tax_of_items = 'tax_paid - tax_of_shipping' %}
earned as (
    select
        *,
        coalesce(total, items + shipping_paid + case when is_tax_included then 0 else tax_paid end) as paid_total,
        cast(
            {% if var('order_tax_is_revenue') -%}
            items + case when is_tax_included then 0 else {{ tax_of_items }} end
            {%- else -%}
            items - case when is_tax_included then {{ tax_of_items }} else 0 end
            {%- endif %} as decimal(18, 4)
        ) as items_revenue,
        cast(
            {% if not var('order_shipping_is_revenue') -%}
            0
            {%- elif var('order_tax_is_revenue') -%}
            shipping_paid + case when is_tax_included then 0 else tax_of_shipping end
            {%- else -%}
            shipping_paid - case when is_tax_included then tax_of_shipping else 0 end
            {%- endif %} as decimal(18, 4)
        ) as shipping_revenue
    from taxed
),

judged as (
    select
        earned.*,
        cast(earned.items_revenue + earned.shipping_revenue as decimal(18, 4)) as amount_native,
        coalesce(refunds.amount, 0) as refunded_total,
        -- A cancelled order of which money was kept is a sale, less its refunds.
        case
            when earned.internal_reason is not null then earned.internal_reason
            when
                (earned.state = 'cancelled' or earned.cancelled_at is not null)
                and (
                    earned.paid_at is null and earned.state <> 'paid'
                    or coalesce(refunds.amount, 0) >= earned.paid_total
                )
                then 'cancelled'
            when earned.state = 'void' then 'not_an_order'
            when earned.state = 'open' then 'not_paid'
            when earned.state = 'cancelled' and earned.paid_at is null then 'cancelled'
            when earned.paid_total = 0 then 'free'
        end as excluded_reason,
        {% if var('order_day') == 'paid' %}coalesce(earned.paid_at, earned.created_at){% else %}
            coalesce(earned.created_at, earned.paid_at)
        {%- endif %} as sold_at
    from earned
    left join refunds on earned.order_id = refunds.order_id
),

-- Source, medium and campaign of the visit, by the rules of web traffic.
tagged as (
    select
        *,
        case
            when coalesce(utm_source, utm_medium) is not null
                then concat_ws(
                    ' / ', coalesce(utm_source, '(unknown)'), coalesce(utm_medium, '(unknown)'),
                    coalesce(utm_campaign, '(unknown)')
                )
        end as visit
    from judged
),

visit_channels as (
    {{ match_channels('tagged', 'web_source_medium', 'source', 'visit') }}
),

final as (
    select
        tagged.order_id,
        tagged.source,
        tagged.account_id,
        tagged.order_number,
        tagged.status,
        tagged.excluded_reason,
        tagged.created_at,
        {{ business_day('tagged.created_at') }} as created_on,
        {{ business_day('tagged.sold_at') }} as sold_on,
        tagged.currency,
        tagged.is_currency_assumed,
        tagged.exponent,
        tagged.items,
        coalesce(tagged.discount, 0) as discount,
        tagged.shipping_paid,
        tagged.tax_paid,
        tagged.is_tax_included,
        tagged.items_revenue,
        tagged.shipping_revenue,
        tagged.amount_native,
        tagged.paid_total,
        tagged.refunded_total,
        addresses.person_id,
        persons.account_id as crm_account_id,
        -- Who left no address is a customer of one order.
        coalesce('customer:' || left(tagged.email_hash, 20), tagged.order_id) as customer_key,
        tagged.billing_country,
        tagged.shipping_country,
        tagged.sales_channel,
        case when tagged.visit is not null then coalesce(visit_channels.channel, 'Unassigned') end as channel,
        campaigns.campaign_id
    from tagged
    left join addresses on tagged.email_hash = addresses.email_hash
    left join {{ ref('int_person') }} as persons on addresses.person_id = persons.person_id
    left join visit_channels
        on tagged.source = visit_channels.rule_source and tagged.visit = visit_channels.rule_value
    {{ campaign_join('order', 'tagged.source', normalised_campaign('tagged.utm_campaign')) }}
)

select * from final
