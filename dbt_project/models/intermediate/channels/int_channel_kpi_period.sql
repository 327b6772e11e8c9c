{{ config(tags=['dated']) }}
-- Days summed to periods, and the platforms' own totals of periods that no daily data of theirs touches. A total stands
-- for exactly its own period: it is neither spread over days nor added up to longer periods.
with days as (
    select * from {{ ref('int_channel_kpi_day') }}
),

totals as (
    select * from {{ ref('int_period_total') }}
    where
        days_with_data = 0
        and period_type is not null
        and period_end <= {{ data_as_of() }}
),

periods as (
    {% for period_type in ['week', 'month', 'quarter', 'year'] -%}
        select
            '{{ period_type }}' as period_type,
            cast(date_trunc('{{ period_type }}', date_day) as date) as period_start,
            cast(date_trunc('{{ period_type }}', date_day) + interval 1 {{ period_type }} - interval 1 day as date)
                as period_end,
            channel,
            source,
            account_id,
            campaign_id,
            false as is_from_period_total,
            {{ kpi_sums() }}
        from days
        group by all
        union all
    {% endfor -%}
    select
        period_type,
        period_start,
        period_end,
        channel,
        source,
        account_id,
        campaign_id,
        true as is_from_period_total,
        {{ kpi_sums() }}
    from totals
    group by all
)

select * from periods
