{%- set fiscal_start = var('fiscal_year_start_month') | int %}
with days as (
    select
        date_day,
        -- The fiscal calendar is the calendar moved back by the months before the fiscal year's first.
        cast(date_day - interval {{ fiscal_start - 1 }} month as date) as fiscal_day
    from {{ ref('int_calendar_day') }}
),

final as (
    select
        date_day,
        cast(date_part('isoyear', date_day) as integer) as iso_year,
        cast(date_part('week', date_day) as integer) as iso_week,
        cast(date_trunc('week', date_day) as date) as week_start,
        cast(date_part('isodow', date_day) as integer) as iso_weekday,
        cast(date_trunc('month', date_day) as date) as month_start,
        cast(last_day(date_day) as date) as month_end,
        cast(date_part('month', date_day) as integer) as month_number,
        cast(date_trunc('quarter', date_day) as date) as quarter_start,
        cast(date_part('quarter', date_day) as integer) as quarter_number,
        cast(date_trunc('year', date_day) as date) as year_start,
        cast(date_part('year', date_day) as integer) as year_number,
        cast(
            date_part('year', fiscal_day) {{ '+ 1' if fiscal_start > 1 }}
            as integer
        ) as fiscal_year,
        cast(date_part('quarter', fiscal_day) as integer) as fiscal_quarter,
        cast(date_part('month', fiscal_day) as integer) as fiscal_month,
        date_part('isodow', date_day) <= 5 as is_business_day,
        date_day > {{ data_as_of() }} as is_future,
        {{ data_as_of() }} as data_as_of
    from days
)

select * from final
