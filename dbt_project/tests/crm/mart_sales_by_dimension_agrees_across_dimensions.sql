-- Every way to cut sales gives the same revenue in every period, to the cent (G11).
select
    period_grain,
    period_start,
    min(revenue) as smallest,
    max(revenue) as largest
from (
    select
        period_grain,
        period_start,
        dimension_type,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('mart_sales_by_dimension') }}
    group by period_grain, period_start, dimension_type
) as cuts
group by period_grain, period_start
having min(revenue) <> max(revenue) or count(*) <> 12
