-- A longer window never has fewer conversions.
with compared as (
    select
        *,
        lag(numerator) over (
            partition by metric, month_start, dimension_type, dimension_value, dimension_value_2
            order by window_days nulls last
        ) as numerator_before
    from {{ ref('mart_funnel_conversion') }}
    where basis = 'cohort'
)

select * from compared
where numerator < numerator_before
