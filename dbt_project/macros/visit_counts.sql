{#-
Leads beside visits per month and channel: metric, month_start, channel, numerator (leads), denominator (visits).
Sessions add up, visitors do not (G14): visitors only where a report counts them for the whole month. Leads that came
in elsewhere (events, partners, by hand) are not visitors (R029).
-#}
{% macro visit_counts() -%}
    with offline as (
        select channel from {{ ref('dim_channel') }}
        where channel_kind = 'field'
    ),

    monthly_leads as (
        select
            cast(date_trunc('month', origins.lead_created_on) as date) as month_start,
            origins.channel,
            count(*) as leads
        from {{ ref('int_person_origin') }} as origins
        left join offline on origins.channel = offline.channel
        where offline.channel is null and origins.lead_created_on <= {{ data_as_of() }}
        group by all
    ),

    monthly_visits as (
        select
            'session_to_lead' as metric, cast(date_trunc('month', date_day) as date) as month_start,
            channel, sum(sessions) as visits
        from {{ ref('int_web_day') }}
        where sessions is not null and date_day <= {{ data_as_of() }}
        group by all
        union all
        select 'visitor_to_lead', period_start, channel, sum(users)
        from {{ ref('int_web_period') }}
        where
            users is not null
            and period_start = date_trunc('month', period_start)
            and period_end = last_day(period_start)
            and period_end <= {{ data_as_of() }}
        group by all
        having count(*) = 1
    ),

    visited as (
        select distinct metric, month_start from monthly_visits
    )

    select
        coalesce(visits.metric, expected.metric) as metric,
        coalesce(visits.month_start, expected.month_start) as month_start,
        coalesce(visits.channel, expected.channel) as channel,
        coalesce(expected.leads, 0) as numerator,
        coalesce(visits.visits, 0) as denominator
    from monthly_visits as visits
    full outer join (
        select visited.metric, monthly_leads.*
        from visited
        inner join monthly_leads on visited.month_start = monthly_leads.month_start
        where visited.metric = 'session_to_lead'
        union all
        select visited.metric, monthly_leads.*
        from monthly_visits as visited
        inner join monthly_leads
            on visited.month_start = monthly_leads.month_start and visited.channel = monthly_leads.channel
        where visited.metric = 'visitor_to_lead'
    ) as expected
        on
            visits.metric = expected.metric
            and visits.month_start = expected.month_start
            and visits.channel = expected.channel
{%- endmacro %}
