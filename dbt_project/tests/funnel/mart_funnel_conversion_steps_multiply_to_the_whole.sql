-- With skipped stages imputed the steps multiply to the way from lead to customer (R035): nobody comes in half-way.
with totals as (
    select metric, dimension_value, sum(numerator) as reached, sum(denominator) as entered
    from {{ ref('mart_funnel_conversion') }}
    where basis = 'cohort' and window_days is null and dimension_type = 'all'
    group by metric, dimension_value
),

steps as (
    select
        max(entered) filter (where metric = 'lead_to_mql') as leads,
        max(reached) filter (where metric = 'lead_to_mql') as mqls,
        max(entered) filter (where metric = 'mql_to_sal') as mqls_again,
        max(reached) filter (where metric = 'mql_to_sal') as sals,
        max(entered) filter (where metric = 'sal_to_opportunity') as sals_again,
        max(reached) filter (where metric = 'sal_to_opportunity') as opportunities,
        max(entered) filter (where metric = 'opportunity_to_customer') as opportunities_again,
        max(reached) filter (where metric = 'opportunity_to_customer') as customers,
        max(entered) filter (where metric = 'lead_to_customer') as leads_whole,
        max(reached) filter (where metric = 'lead_to_customer') as customers_whole
    from totals
)

-- Steps that nobody was recorded in are not published: what is, fits together.
select * from steps
where
    leads <> leads_whole
    or mqls <> mqls_again
    or sals <> sals_again
    or opportunities <> opportunities_again
    or customers <> customers_whole
