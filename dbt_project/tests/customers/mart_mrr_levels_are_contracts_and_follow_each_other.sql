-- In every month the level is what the contracts that run on its day add up to, grace apart, and each month starts
-- where the one before ended, to the cent (R086).
with months as (
    select
        month_start,
        level_on,
        sum(mrr_start) as mrr_start,
        sum(mrr_end) as mrr_end,
        sum(mrr_end - mrr_in_grace) as mrr_of_contracts
    from {{ ref('mart_mrr') }}
    group by month_start, level_on
),

contracts as (
    select
        months.month_start,
        coalesce(sum(terms.mrr_reporting), 0) as mrr_of_contracts
    from months
    left join {{ ref('fct_subscription') }} as terms
        on
            terms.excluded_reason is null
            and months.level_on >= terms.valid_from
            and months.level_on < coalesce(terms.valid_to, date '9999-12-31')
    group by months.month_start
)

select
    months.month_start,
    earlier.mrr_end as end_of_month_before,
    months.mrr_start,
    months.mrr_of_contracts,
    contracts.mrr_of_contracts as expected_of_contracts
from months
inner join contracts on months.month_start = contracts.month_start
left join months as earlier on cast(months.month_start - interval 1 month as date) = earlier.month_start
where
    months.mrr_start <> coalesce(earlier.mrr_end, 0)
    or months.mrr_of_contracts <> contracts.mrr_of_contracts
