-- Revenue of won deals and paid orders per period, one dimension at a time. A sale counts once in each value it
-- touches, so for each rep with a part in it, and its ticket is what it is worth within that value; every dimension
-- adds up to the same revenue.
{%- set dimensions = {
    'total': "'All'", 'product': 'product_name', 'product_family': 'product_family', 'region': 'region',
    'distribution_channel': 'distribution_channel', 'rep': 'rep_name', 'team': 'team', 'channel': 'channel',
    'campaign': "coalesce(origin_campaign_id, '(none)')", 'segment': 'segment', 'sale_kind': 'sale_kind',
    'source': "split_part(opportunity_id, ':', 1)"
} %}
{%- set headline = 'not is_refund and ticket_native <> 0 and not is_fx_missing' %}
{%- set periods = ['day', 'week', 'month', 'quarter', 'year'] %}
with lines as (
    {{ credited_lines() }}
),

-- Reps and products are identified by id, because two may have the same name.
cut as (
    {% for type, value in dimensions.items() %}
        select
            '{{ type }}' as dimension_type,
            {{ 'rep_id' if type == 'rep' else 'product_id' if type == 'product' else value }} as dimension_key,
            {{ value }} as dimension_value,
            closed_on,
            opportunity_id,
            sale_kind,
            amount_native,
            amount_reporting,
            is_fx_missing,
            is_new_account,
            is_refund,
            is_leading,
            list_reporting,
            discount_reporting,
            margin_reporting
        from lines
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

tickets as (
    select
        dimension_type,
        dimension_key,
        min(dimension_value) as dimension_value,
        closed_on,
        opportunity_id,
        sale_kind,
        sum(amount_reporting) as ticket,
        sum(amount_native) as ticket_native,
        count(*) filter (where is_leading) as line_count,
        bool_or(is_fx_missing) as is_fx_missing,
        bool_or(is_new_account) as is_new_account,
        is_refund,
        {{ sales_money() }}
        bool_or(discount_reporting > 0) as is_discounted
    from cut
    group by dimension_type, dimension_key, closed_on, opportunity_id, sale_kind, is_refund
),

by_period as (
    {% for period in periods %}
        select '{{ period }}' as period_grain, cast(date_trunc('{{ period }}', closed_on) as date) as period_start, *
        from tickets
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        period_grain,
        period_start,
        dimension_type,
        dimension_key,
        min(dimension_value) as dimension_value,
        cast(sum(ticket) as decimal(18, 2)) as revenue,
        cast(sum(bookings) as decimal(18, 2)) as bookings,
        cast(sum(refunds) as decimal(18, 2)) as refunds,
        count(*) filter (where not is_refund and sale_kind = 'deal') as won_deals,
        count(*) filter (where not is_refund and ticket_native = 0 and sale_kind = 'deal') as won_deals_zero,
        count(*) filter (where not is_refund and is_fx_missing and sale_kind = 'deal')
            as won_deals_without_rate,
        count(*) filter (where not is_refund and sale_kind = 'order') as orders,
        count(*) filter (where not is_refund and is_fx_missing and sale_kind = 'order') as orders_without_rate,
        count(*) filter (where is_refund) as refund_count,
        count(*) filter (where is_new_account) as new_accounts,
        cast(sum(line_count) as bigint) as line_count,
        cast(coalesce(sum(ticket) filter (where {{ headline }}), 0) as decimal(18, 2)) as ticket_numerator,
        count(*) filter (where {{ headline }}) as ticket_denominator,
        {{ safe_divide(
            'coalesce(sum(ticket) filter (where ' ~ headline ~ '), 0)', 'count(*) filter (where ' ~ headline ~ ')'
        ) }} as average_ticket,
        median(cast(ticket as double)) filter (where {{ headline }}) as median_ticket,
        cast(sum(list_amount) as decimal(18, 2)) as list_amount,
        cast(sum(discount_amount) as decimal(18, 2)) as discount_amount,
        {{ safe_divide('sum(discount_amount)', 'sum(list_amount)') }} as discount_rate,
        count(*) filter (where not is_refund and is_discounted) as discounted_deals,
        cast(sum(revenue_with_cost) as decimal(18, 2)) as revenue_with_cost,
        cast(sum(gross_margin) as decimal(18, 2)) as gross_margin,
        {{ safe_divide('sum(gross_margin)', 'sum(revenue_with_cost)') }} as gross_margin_rate,
        {{ data_as_of() }} as data_as_of
    from by_period
    group by period_grain, period_start, dimension_type, dimension_key
)

select * from final
