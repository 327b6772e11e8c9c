-- Volumes of every funnel stage per month, cut by each standard dimension and by two at once (R022). Each stock is what
-- the months before left plus what came in less what went out.
{%- set cut = 'dimension_type, dimension_value, dimension_value_2' %}
with stages as (
    select * from {{ ref('funnel_stages') }}
),

events as (
    select * replace (cast(date_trunc('month', date_day) as date) as date_day) from {{ ref('int_funnel_event') }}
),

-- Events that have every dimension in common are added up once, then cut.
event_cells as (
    select * exclude (volume, amount), sum(volume) as volume, sum(amount) as amount
    from events
    group by all
),

events_cut as (
    {{ by_dimension('event_cells', pairs=true) }}
),

monthly as (
    select
        date_day as month_start, stage, {{ cut }},
        {{ volumes_of_events('stage') }}
    from events_cut
    group by date_day, stage, {{ cut }}
),

cells as (
    select stage, {{ cut }}, min(month_start) as first_month
    from monthly
    group by stage, {{ cut }}
),

months as (
    select
        stage, {{ cut }},
        cast(unnest(generate_series(first_month, {{ data_as_of() }}, interval 1 month)) as date) as month_start
    from cells
),

dense as (
    select
        months.*,
        stages.stage_order,
        stages.unit,
        stages.has_stock,
        coalesce(monthly.entered, 0) as entered,
        coalesce(monthly.entered_strict, 0) as entered_strict,
        coalesce(monthly.reentered, 0) as reentered,
        coalesce(monthly.exited_forward, 0) as exited_forward,
        coalesce(monthly.exited_lost, 0) as exited_lost,
        coalesce(monthly.exited_recycled, 0) as exited_recycled,
        coalesce(monthly.exited_back, 0) as exited_back,
        monthly.entered_amount
    from months
    inner join stages on months.stage = stages.funnel_stage
    left join monthly
        on
            months.month_start = monthly.month_start
            and months.stage = monthly.stage
            and months.dimension_type = monthly.dimension_type
            and months.dimension_value = monthly.dimension_value
            and months.dimension_value_2 is not distinct from monthly.dimension_value_2
),

running as (
    select
        *,
        exited_forward + exited_lost + exited_recycled + exited_back as exited,
        sum(entered) over so_far as entered_cumulative,
        sum(
            entered + reentered - exited_forward - exited_lost - exited_recycled - exited_back
        ) over so_far as stock
    from dense
    window so_far as (
        partition by stage, {{ cut }} order by month_start rows between unbounded preceding and current row
    )
),

final as (
    select
        month_start,
        stage,
        cast(stage_order as bigint) as stage_order,
        dimension_type,
        dimension_value,
        dimension_value_2,
        unit,
        cast(entered as bigint) as entered,
        cast(entered_strict as bigint) as entered_strict,
        cast(reentered as bigint) as reentered,
        cast(entered_cumulative as bigint) as entered_cumulative,
        cast(case when has_stock then exited_forward end as bigint) as exited_forward,
        cast(case when has_stock then exited_lost end as bigint) as exited_lost,
        cast(case when has_stock then exited_recycled end as bigint) as exited_recycled,
        cast(case when has_stock then exited_back end as bigint) as exited_back,
        cast(case when has_stock then stock - entered - reentered + exited end as bigint) as in_stage_at_start,
        cast(case when has_stock then stock end as bigint) as in_stage_at_end,
        cast(case when has_stock then stock + exited end as bigint) as active_during,
        cast(case when unit = 'opportunity' then coalesce(entered_amount, 0) end as decimal(18, 2)) as entered_amount,
        {{ data_as_of() }} as data_as_of
    from running
)

select * from final
