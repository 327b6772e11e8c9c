-- Volumes of every funnel stage per day and channel. Stocks are running sums of what came in and went out, so the cost
-- grows with events and with days, never with events times days.
with stages as (
    select * from {{ ref('funnel_stages') }}
),

daily as (
    select
        date_day,
        stage as funnel_stage,
        channel,
        {{ volumes_of_events('stage') }}
    from {{ ref('int_funnel_event') }}
    group by date_day, stage, channel
),

-- Hand-offs that sales did not take, by their reasons (R018).
rejections as (
    select
        'MQL' as funnel_stage, left_on, channel,
        string_agg(exit_reason || ' ' || people, '; ' order by people desc, exit_reason asc) as reasons
    from (
        select left_on, channel, exit_reason, count(*) as people
        from {{ ref('fct_stage_interval') }}
        where
            entity_type = 'person'
            and stage = 'MQL'
            and not is_imputed
            and outcome in ('lost', 'recycled', 'back')
        group by all
    ) as counted
    group by left_on, channel
),

cells as (
    select funnel_stage, channel, min(date_day) as first_day
    from daily
    group by funnel_stage, channel
),

days as (
    {{ days_from('cells', 'first_day', data_as_of()) }}
),

dense as (
    select
        days.date_day,
        days.funnel_stage,
        days.channel,
        stages.stage_order,
        stages.unit,
        stages.has_stock,
        cast(coalesce(daily.entered, 0) as bigint) as entered,
        cast(coalesce(daily.entered_strict, 0) as bigint) as entered_strict,
        cast(coalesce(daily.reentered, 0) as bigint) as reentered,
        cast(coalesce(daily.exited_forward, 0) as bigint) as exited_forward,
        cast(coalesce(daily.exited_lost, 0) as bigint) as exited_lost,
        cast(coalesce(daily.exited_recycled, 0) as bigint) as exited_recycled,
        cast(coalesce(daily.exited_back, 0) as bigint) as exited_back,
        daily.entered_amount
    from days
    inner join stages on days.funnel_stage = stages.funnel_stage
    left join daily
        on
            days.date_day = daily.date_day
            and days.funnel_stage = daily.funnel_stage
            and days.channel = daily.channel
),

running as (
    select
        *,
        sum(entered) over so_far as entered_cumulative,
        sum(
            entered + reentered - exited_forward - exited_lost - exited_recycled - exited_back
        ) over so_far as stock
    from dense
    window so_far as (
        partition by funnel_stage, channel order by date_day rows between unbounded preceding and current row
    )
),

final as (
    select
        running.date_day,
        running.funnel_stage as stage,
        cast(stage_order as bigint) as stage_order,
        running.channel,
        unit,
        entered,
        entered_strict,
        reentered,
        cast(entered_cumulative as bigint) as entered_cumulative,
        case when has_stock then exited_forward end as exited_forward,
        case when has_stock then exited_lost end as exited_lost,
        case when has_stock then exited_recycled end as exited_recycled,
        case when has_stock then exited_back end as exited_back,
        cast(
            case
                when has_stock
                    then stock - entered - reentered + exited_forward + exited_lost + exited_recycled + exited_back
            end as bigint
        ) as in_stage_at_start,
        cast(case when has_stock then stock end as bigint) as in_stage_at_end,
        cast(
            case
                when has_stock
                    then stock + exited_forward + exited_lost + exited_recycled + exited_back
            end as bigint
        ) as active_during,
        case when running.funnel_stage = 'MQL' then reentered end as mql_recycled,
        case when running.funnel_stage = 'MQL' then exited_lost + exited_recycled + exited_back end as mql_rejected,
        rejections.reasons as mql_rejected_reasons,
        cast(
            case when unit = 'opportunity' then coalesce(entered_amount, 0) end as decimal(18, 2)
        ) as entered_amount,
        {{ data_as_of() }} as data_as_of
    from running
    left join rejections
        on
            running.funnel_stage = rejections.funnel_stage
            and running.date_day = rejections.left_on
            and running.channel = rejections.channel
)

select * from final
