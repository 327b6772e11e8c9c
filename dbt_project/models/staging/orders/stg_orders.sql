-- noqa: disable=LT02
-- Every order as the newest export has it, tests, open and cancelled ones included: which of them are sales says
-- int_order.
with current_orders as (
    {{ crm_records('orders', has_deleted_flag=false) }}
),

-- The words of each shop: its own rule before one for any.
statuses as (
    select sources.source as order_source, rules.label, rules.state
    from (select distinct source from current_orders) as sources
    inner join {{ ref('order_statuses') }} as rules on rules.source in (sources.source, '*')
    qualify row_number() over (partition by sources.source, rules.label order by rules.source = '*') = 1
),

tests as (
    select own.source, own.record_id, min(rules.reason) as reason
    from current_orders as own
    inner join {{ ref('internal_records') }} as rules
        on
            rules.entity = 'orders'
            and trim(regexp_replace(
                lower(
                    case rules.column_name
                    {%- for column in order_internal_columns()['orders'] %}
                        when '{{ column }}' then own.{{ column }}
                    {%- endfor %}
                    end
                ), '[^\p{L}]+', ' ', 'g'
            )) like rules.words
    group by own.source, own.record_id
),

currencies as (
    select * from {{ ref('currencies') }}
),

typed as (
    select own.*, {{ crm_currency('own.currency') }} as order_currency
    from current_orders as own
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as order_id,
        own.source,
        own.account_id,
        own.order_number,
        own.status,
        -- A word that nobody placed: paid if there is a day of payment, and where the shop exports no status at all.
        coalesce(
            statuses.state,
            case when own.paid_at is not null or nullif(trim(own.status), '') is null then 'paid' else 'open' end
        ) as state,
        tests.reason as internal_reason,
        own.email_hash,
        own.order_currency as currency,
        nullif(trim(own.currency), '') is null as is_currency_assumed,
        coalesce(currencies.exponent, 2) as exponent,
        {% for amount in ['subtotal', 'discount', 'shipping', 'tax', 'shipping_tax', 'total'] -%}
        {{ native_amount('own.' ~ amount, 'coalesce(currencies.exponent, 2)') }} as {{ amount }},
        {% endfor -%}
        -- A shop may say that an order was refunded, and not how much.
        {{ native_amount(refunded_so_far('own'), 'coalesce(currencies.exponent, 2)') }} as refunded_amount,
        -- Whether prices include taxes shows in what the amounts come to.
        coalesce(
            own.is_tax_included,
            own.tax > 0
            and abs(own.total - own.subtotal - coalesce(own.shipping, 0))
            < abs(own.total - own.subtotal - coalesce(own.shipping, 0) - own.tax),
            false
        ) as is_tax_included,
        coalesce(own.created_at, own.paid_at) as created_at,
        own.paid_at,
        own.cancelled_at,
        own.billing_country,
        own.shipping_country,
        own.sales_channel,
        nullif(trim(own.utm_source), '') as utm_source,
        nullif(trim(own.utm_medium), '') as utm_medium,
        nullif(trim(own.utm_campaign), '') as utm_campaign
    from typed as own
    left join statuses on own.source = statuses.order_source and lower(trim(own.status)) = statuses.label
    left join tests on own.source = tests.source and own.record_id = tests.record_id
    left join currencies on own.order_currency = currencies.currency
)

select * from final
