-- Of the customers who came in one month, how many are there month by month, and what they pay (R087). A month that has
-- not ended yet stands as of the reporting date; one that has not begun has no row.
with {{ customer_levels() }},

members as (
    select
        basis,
        customer_id,
        min(month_start) as cohort_month,
        min_by(mrr, month_start) as mrr_first
    from customer_levels
    group by basis, customer_id
),

cohorts as (
    select basis, cohort_month, count(*) as customers, sum(mrr_first) as mrr_first
    from members
    group by basis, cohort_month
),

present as (
    select
        members.basis,
        members.cohort_month,
        levels.month_start,
        count(*) as customers_active,
        sum(levels.mrr) as mrr_active
    from members
    inner join customer_levels as levels
        on members.basis = levels.basis and members.customer_id = levels.customer_id
    group by members.basis, members.cohort_month, levels.month_start
),

final as (
    select
        cohorts.basis,
        cohorts.cohort_month,
        date_diff('month', cohorts.cohort_month, months.month_start) as months_since,
        months.month_start,
        months.level_on,
        months.level_on = last_day(months.month_start) as is_complete,
        cohorts.customers,
        coalesce(present.customers_active, 0) as customers_active,
        {{ safe_divide('coalesce(present.customers_active, 0)', 'cohorts.customers') }} as retention_rate,
        cast(cohorts.mrr_first as decimal(18, 2)) as mrr_first,
        cast(case when cohorts.basis = 'subscription' then coalesce(present.mrr_active, 0) end as decimal(18, 2))
            as mrr_active,
        case
            when cohorts.basis = 'subscription'
                then {{ safe_divide('coalesce(present.mrr_active, 0)', 'cohorts.mrr_first') }}
        end as revenue_retention,
        cohorts.customers < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from cohorts
    inner join level_months as months
        on cohorts.basis = months.basis and cohorts.cohort_month <= months.month_start
    left join present
        on
            cohorts.basis = present.basis
            and cohorts.cohort_month = present.cohort_month
            and months.month_start = present.month_start
)

select * from final
