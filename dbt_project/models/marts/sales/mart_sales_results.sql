-- Additive cube of won revenue, for who is credited with it. Deals are counted at their first line for one rep, so that
-- they add up across every cut but product; exact counts and averages per cut are in mart_sales_by_dimension.
with lines as (
    {{ credited_lines() }}
),

deal_amounts as (
    select opportunity_id, sum(amount_native) as deal_native
    from {{ ref('fct_sales_line') }}
    group by opportunity_id
),

final as (
    select
        lines.closed_on as date_day,
        lines.product_id,
        min(lines.product_name) as product_name,
        min(lines.product_family) as product_family,
        lines.region,
        lines.distribution_channel,
        lines.rep_id,
        min(lines.rep_name) as rep_name,
        lines.team,
        lines.sale_kind,
        cast(sum(lines.amount_reporting) as decimal(18, 2)) as revenue,
        {{ sales_money('lines.') }}
        count(*) filter (where lines.is_leading) as line_count,
        count(*) filter (where lines.is_leading and lines.is_fx_missing) as lines_without_rate,
        count(*) filter (
            where lines.is_leading and lines.is_first_line and not lines.is_refund and lines.sale_kind = 'deal'
        ) as won_deals,
        count(*) filter (
            where
            lines.is_leading and lines.is_first_line and deal_amounts.deal_native = 0 and lines.sale_kind = 'deal'
        ) as won_deals_zero,
        count(*) filter (
            where lines.is_leading and lines.is_first_line and not lines.is_refund and lines.sale_kind = 'order'
        ) as orders,
        count(*) filter (where lines.is_leading and lines.is_first_line and lines.is_refund) as refund_count,
        count(*) filter (where lines.is_leading and lines.is_first_line and lines.is_new_account) as new_accounts,
        cast(sum(lines.quantity) filter (where lines.is_leading) as decimal(18, 3)) as quantity,
        {{ data_as_of() }} as data_as_of
    from lines
    inner join deal_amounts on lines.opportunity_id = deal_amounts.opportunity_id
    group by
        lines.closed_on, lines.product_id, lines.region, lines.distribution_channel, lines.rep_id, lines.team,
        lines.sale_kind
)

select * from final
