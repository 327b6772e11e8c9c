{{ config(tags=['dated']) }}
-- Every day from the year of the first data to the end of the year of as_of_date. Data older than thirty years is taken
-- for a mistyped date and does not stretch the calendar.
with bounds as (
    select
        date_trunc('year', coalesce(min(first_day), {{ data_as_of() }})) as first_day
    from {{ ref('int_source_day') }}
    where
        first_day <= {{ data_as_of() }}
        and first_day > {{ data_as_of() }} - interval 30 year
),

final as (
    select cast(days.date_day as date) as date_day
    from bounds
    cross join unnest(generate_series(
        bounds.first_day,
        date_trunc('year', {{ data_as_of() }}) + interval 1 year - interval 1 day,
        interval 1 day
    )) as days (date_day)
)

select * from final
