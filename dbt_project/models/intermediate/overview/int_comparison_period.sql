{{ config(tags=['dated']) }}
-- What is compared with what: every month, quarter and year since the data begin, and the periods that end on the
-- reporting date, each with the period before it and the same a year ago.
with calendar as (
    {% for period_type in ['month', 'quarter', 'year'] -%}
        select distinct
            '{{ period_type }}' as period_type,
            '{{ period_type }}' as counted_by,
            cast(date_trunc('{{ period_type }}', date_day) as date) as period_start,
            interval 1 {{ period_type }} as period_length
        from {{ ref('int_calendar_day') }}
        where date_day <= {{ data_as_of() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- The period before and the year ago are whole ones, too.
whole as (
    select
        period_type,
        counted_by,
        period_start,
        period_start + period_length - interval 1 day as period_end,
        period_start - period_length as previous_start,
        period_start - interval 1 day as previous_end,
        period_start - interval 1 year as year_ago_start,
        period_start - interval 1 year + period_length - interval 1 day as year_ago_end
    from calendar
),

-- As many days, directly before.
last_days as (
    {% for days in [7, 30, 90] -%}
        select
            'last_{{ days }}_days' as period_type,
            'days' as counted_by,
            {{ data_as_of() }} - {{ days - 1 }} as period_start,
            {{ data_as_of() }} as period_end,
            {{ data_as_of() }} - {{ 2 * days - 1 }} as previous_start,
            {{ data_as_of() }} - {{ days }} as previous_end,
            cast({{ data_as_of() }} - interval 1 year as date) - {{ days - 1 }} as year_ago_start,
            {{ data_as_of() }} - interval 1 year as year_ago_end
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

last_months as (
    select
        'last_12_months' as period_type,
        'days' as counted_by,
        {{ data_as_of() }} - interval 1 year + interval 1 day as period_start,
        {{ data_as_of() }} as period_end,
        {{ data_as_of() }} - interval 2 year + interval 1 day as previous_start,
        {{ data_as_of() }} - interval 1 year as previous_end,
        {{ data_as_of() }} - interval 2 year + interval 1 day as year_ago_start,
        {{ data_as_of() }} - interval 1 year as year_ago_end
),

-- The same days of the period before: of a shorter month all.
to_date as (
    {% for period_type in ['month', 'quarter', 'year'] -%}
        select
            '{{ period_type }}_to_date' as period_type,
            'days' as counted_by,
            date_trunc('{{ period_type }}', {{ data_as_of() }}) as period_start,
            {{ data_as_of() }} as period_end,
            date_trunc('{{ period_type }}', {{ data_as_of() }}) - interval 1 {{ period_type }} as previous_start,
            {{ data_as_of() }} - interval 1 {{ period_type }} as previous_end,
            date_trunc('{{ period_type }}', {{ data_as_of() }}) - interval 1 year as year_ago_start,
            {{ data_as_of() }} - interval 1 year as year_ago_end
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

unified as (
    select * from whole
    union all
    select * from last_days
    union all
    select * from last_months
    union all
    select * from to_date
),

final as (
    select
        period_type,
        counted_by,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(previous_start as date) as previous_start,
        cast(previous_end as date) as previous_end,
        cast(year_ago_start as date) as year_ago_start,
        cast(year_ago_end as date) as year_ago_end
    from unified
)

select * from final
