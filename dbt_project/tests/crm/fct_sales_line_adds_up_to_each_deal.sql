-- The lines of every won deal add up to it exactly, in its own and in the reporting currency (R002).
-- Deals without an amount are worth their lines.
with lines as (
    select
        opportunity_id,
        sum(amount_native) as native,
        sum(amount_reporting) as reporting
    from {{ ref('fct_sales_line') }}
    group by opportunity_id
)

select
    deals.opportunity_id,
    deals.amount_native,
    lines.native,
    deals.amount_reporting,
    lines.reporting
from {{ ref('fct_opportunity') }} as deals
left join lines on deals.opportunity_id = lines.opportunity_id
where
    deals.status = 'won'
    and (
        lines.opportunity_id is null
        or (
            deals.amount_native is not null
            and (deals.amount_native <> lines.native or deals.amount_reporting is distinct from lines.reporting)
        )
    )
