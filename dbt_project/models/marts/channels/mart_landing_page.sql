-- Visits by the page they began on, per channel: each day, each month, and totals of other periods; with the leads
-- whose first page it was.
with visits as (
    select
        is_daily,
        period_start,
        period_end,
        source,
        account_id,
        coalesce({{ landing_path('landing_page') }}, '(not set)') as landing_page,
        channel,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(key_events) as key_events,
        sum(revenue_reporting) as revenue_reporting,
        bool_or(is_fx_missing) as is_fx_missing
    from {{ ref('int_landing_page') }}
    where period_end <= {{ data_as_of() }}
    group by all
),

months_of_days as (
    select distinct source, account_id, cast(date_trunc('month', period_start) as date) as month_start
    from visits
    where is_daily
),

kinds as (
    select
        *,
        case
            when is_daily then 'day'
            when period_start = date_trunc('month', period_start) and period_end = last_day(period_start) then 'month'
            else 'period'
        end as period_kind
    from visits
),

spans as (
    select * exclude (is_daily)
    from kinds
    where
        period_kind <> 'month'
        -- Days say more than a total of their month.
        or not exists (
            select 1
            from months_of_days
            where
                kinds.source = months_of_days.source
                and kinds.account_id = months_of_days.account_id
                and kinds.period_start = months_of_days.month_start
        )
    union all by name
    select
        'month' as period_kind,
        cast(date_trunc('month', period_start) as date) as period_start,
        last_day(period_start) as period_end,
        source,
        account_id,
        landing_page,
        channel,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(key_events) as key_events,
        sum(revenue_reporting) as revenue_reporting,
        bool_or(is_fx_missing) as is_fx_missing
    from kinds
    where is_daily
    group by all
),

-- A lead's page names no property: where there are several, it is not known whose page it was.
properties as (
    select min(source) as source, min(account_id) as account_id
    from visits
    having count(distinct source || '|' || account_id) = 1
),

day_range as (
    select min(period_start) as first_day, max(period_end) as last_day from spans
    where period_kind = 'day'
),

leads as (
    select pages.*, properties.source, properties.account_id
    from {{ ref('int_landing_lead') }} as pages
    cross join properties
    where pages.lead_created_on <= {{ data_as_of() }}
),

known as (
    select count(*) > 0 as has_leads from leads
),

other_periods as (
    select distinct period_start, period_end from spans
    where period_kind = 'period'
),

lead_counts as (
    select
        'day' as period_kind, lead_created_on as period_start, lead_created_on as period_end,
        source, account_id, landing_page, channel, count(*) as leads
    from leads
    inner join day_range on leads.lead_created_on between day_range.first_day and day_range.last_day
    group by all
    union all
    select
        'month', cast(date_trunc('month', lead_created_on) as date), last_day(lead_created_on),
        source, account_id, landing_page, channel, count(*)
    from leads
    group by all
    union all
    select
        'period', periods.period_start, periods.period_end,
        leads.source, leads.account_id, leads.landing_page, leads.channel, count(*)
    from leads
    inner join other_periods as periods
        on leads.lead_created_on between periods.period_start and periods.period_end
    group by all
),

joined as (
    select *
    from spans
    full outer join lead_counts
        using (period_kind, period_start, period_end, source, account_id, landing_page, channel)
),

final as (
    select
        joined.period_kind,
        joined.period_start,
        joined.period_end,
        joined.source,
        joined.account_id,
        joined.landing_page,
        joined.channel,
        cast(joined.sessions as bigint) as sessions,
        cast(joined.engaged_sessions as bigint) as engaged_sessions,
        {{ safe_divide('joined.engaged_sessions', 'joined.sessions') }} as engagement_rate,
        cast(joined.key_events as decimal(18, 6)) as key_events,
        {{ safe_divide('joined.key_events', 'joined.sessions') }} as key_event_rate,
        cast(case when known.has_leads then coalesce(joined.leads, 0) end as bigint) as leads,
        {{ safe_divide('case when known.has_leads then coalesce(joined.leads, 0) end', 'joined.sessions') }}
            as lead_rate,
        cast(joined.revenue_reporting as decimal(18, 6)) as revenue_reporting,
        coalesce(joined.is_fx_missing, false) as is_fx_missing,
        {{ data_as_of() }} as data_as_of
    from joined
    cross join known
)

select * from final
