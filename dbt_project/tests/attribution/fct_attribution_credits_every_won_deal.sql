-- Nothing is lost: the won deals of a model are the won deals there are, refunds aside, and their amount.
with credited as (
    select model, count(distinct conversion_id) as deals, sum(amount_reporting) as amount_reporting
    from {{ ref('fct_attribution') }}
    where stage = 'Won'
    group by model
),

won as (
    select count(*) as deals, sum(amount_reporting) as amount_reporting
    from {{ ref('fct_opportunity') }}
    where status = 'won' and not is_refund
)

select credited.*, won.deals as won_deals, won.amount_reporting as won_amount
from credited
cross join won
where credited.deals <> won.deals or credited.amount_reporting is distinct from won.amount_reporting
