-- Whether the rules of fit are any good (R089): leads of each grade beside the deals they won and the customers who
-- left.
with leads as (
    select * from {{ ref('mart_lead_fit') }}
),

deals as (
    select
        fits.grade,
        count(*) as deals_closed,
        count(*) filter (where deals.status = 'won') as deals_won
    from {{ ref('fct_opportunity') }} as deals
    inner join leads as fits on deals.person_id = fits.person_id
    where deals.is_in_win_rate
    group by fits.grade
),

-- Customers by subscription where there are any, else by orders; complete months of the last year.
churned as (
    select
        basis,
        dimension_value as grade,
        sum(customers_start) as customers_start,
        sum(customers_lost) as customers_lost
    from {{ ref('mart_churn') }}
    where dimension = 'fit_grade' and is_complete and month_start > {{ data_as_of() }} - 365
    group by basis, dimension_value
    qualify rank() over (order by basis = 'subscription' desc) = 1
),

counted as (
    select
        grade,
        min(score) as lowest_score,
        max(score) as highest_score,
        count(*) as leads,
        count(*) filter (where is_customer) as customers
    from leads
    group by grade
),

final as (
    select
        counted.grade,
        counted.lowest_score,
        counted.highest_score,
        counted.leads,
        counted.customers,
        {{ safe_divide('counted.customers', 'counted.leads') }} as customer_rate,
        coalesce(deals.deals_closed, 0) as deals_closed,
        coalesce(deals.deals_won, 0) as deals_won,
        {{ safe_divide('deals.deals_won', 'deals.deals_closed') }} as win_rate,
        churned.basis as churn_basis,
        cast(churned.customers_start as bigint) as customers_start,
        cast(churned.customers_lost as bigint) as customers_lost,
        {{ safe_divide('churned.customers_lost', 'churned.customers_start') }} as monthly_churn_rate,
        coalesce(deals.deals_closed, 0) < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from counted
    left join deals on counted.grade = deals.grade
    left join churned on counted.grade = churned.grade
)

select * from final
