-- The platforms' own totals beside the sum of their days: where both exist they must agree.
{%- set compared = [
    ('ads', 'spend_reporting'), ('ads', 'impressions'), ('ads', 'clicks'), ('ads', 'conversions'),
    ('web', 'sessions'), ('web', 'engaged_sessions'), ('web', 'key_events'),
    ('social', 'social_impressions_organic'), ('social', 'social_clicks_organic')
] %}
with totals as (
    select * from {{ ref('int_period_total') }}
),

days as (
    select * from {{ ref('int_channel_kpi_day') }}
),

total_values as (
    {% for channel_kind, measure in compared -%}
        select
            channel_kind, source, account_id, period_start, period_end, period_type, days_with_data,
            '{{ measure }}' as measure, cast(sum({{ measure }}) as decimal(24, 6)) as total_value
        from totals
        where channel_kind = '{{ channel_kind }}'
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

day_values as (
    {% for channel_kind, measure in compared -%}
        select
            date_day, source, account_id, '{{ measure }}' as measure,
            cast(sum({{ measure }}) as decimal(24, 6)) as day_value
        from days
        where {{ measure }} is not null
        group by all
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

joined as (
    select
        totals.channel_kind,
        totals.source,
        totals.account_id,
        totals.period_start,
        totals.period_end,
        totals.period_type,
        totals.measure,
        totals.total_value,
        totals.days_with_data,
        cast(sum(days.day_value) as decimal(24, 6)) as daily_value
    from total_values as totals
    left join day_values as days
        on
            totals.source = days.source
            and totals.account_id = days.account_id
            and totals.measure = days.measure
            and days.date_day between totals.period_start and totals.period_end
    where totals.total_value is not null
    group by all
),

final as (
    select
        channel_kind,
        source,
        account_id,
        period_start,
        period_end,
        measure,
        total_value,
        daily_value,
        cast(total_value - daily_value as decimal(24, 6)) as difference,
        {{ safe_divide('total_value - daily_value', 'total_value') }} as relative_difference,
        cast(days_with_data as bigint) as days_with_data,
        cast(date_diff('day', period_start, period_end) + 1 as bigint) as days_in_period,
        case
            when days_with_data = 0 and period_type is null then 'unplaced'
            when days_with_data = 0 then 'fills_period'
            when days_with_data <= date_diff('day', period_start, period_end) then 'partly_covered'
            when
                abs(total_value - coalesce(daily_value, 0))
                <= {{ var('period_tolerance', 0.005) }} * abs(total_value) then 'agrees'
            else 'differs'
        end as status,
        {{ data_as_of() }} as data_as_of
    from joined
)

select * from final
