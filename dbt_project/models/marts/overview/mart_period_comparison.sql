-- noqa: disable=LT02
-- Any figure of a period beside the period before and the same a year ago, and whether the change is more than chance
-- (R110). Every number is a sum of an existing mart, or the quotient of two.
{%- set metrics, names, sums, beginnings, parts = [], [], [], [], [] %}
{%- for one in compared_metrics() %}
    {%- do metrics.append({
        'metric': "'" ~ one.metric ~ "'", 'origin': "'" ~ one.origin ~ "'", 'unit': "'" ~ one.unit ~ "'",
        'factor': one.factor, 'is_ratio': one.denominator is not none, 'chance': "'" ~ one.chance ~ "'",
        'known_with': "'" ~ one.known_with ~ "'"
    }) %}
    {%- if one.origin == 'channel' %}
        {%- do sums.append({
            'metric': "'" ~ one.metric ~ "'", 'numerator': 'cast(' ~ one.numerator ~ ' as decimal(30, 6))',
            'denominator': 'cast(' ~ (one.denominator or 'null') ~ ' as decimal(30, 6))'
        }) %}
        {%- do beginnings.append({
            'metric': "'" ~ one.metric ~ "'", 'cases_from': one.denominator or one.numerator,
            'spend_from': one.numerator
        }) %}
        {%- do parts.extend([one.numerator, one.denominator] | select | list) %}
    {%- else %}
        {%- do names.append({
            'metric': "'" ~ one.metric ~ "'", 'record': "'" ~ one.numerator ~ "'", 'chance': "'" ~ one.chance ~ "'"
        }) %}
    {%- endif %}
{%- endfor %}
{%- set parts = parts | unique | list %}
with periods as (
    select * from {{ ref('int_comparison_period') }}
),

metrics as (
    select {{ unnested(metrics) }}
),

names as (
    select {{ unnested(names) }}
),

-- Every stretch of days that is needed once: as a period, as the one before, or as the one a year ago.
windows as (
    {% for side in ['period', 'previous', 'year_ago'] -%}
        select counted_by, {{ side }}_start as window_start, {{ side }}_end as window_end from periods
        {{ 'union' if not loop.last }}
    {% endfor %}
),

channel_days as (
    select date_day, channel, campaign_id, {{ parts | join(', ') }}
    from {{ ref('mart_channel_kpi_daily') }}
),

-- Months, quarters and years with the platforms' own totals of them.
channel_periods as (
    select period_type, period_start, channel, campaign_id, is_from_period_total, {{ parts | join(', ') }}
    from {{ ref('mart_channel_kpi_period') }}
    where period_type <> 'week'
),

channel_windows as (
    select windows.*, channel_periods.* exclude (period_type, period_start, is_from_period_total)
    from channel_periods
    inner join windows
        on
            channel_periods.period_type = windows.counted_by
            and channel_periods.period_start = windows.window_start
    union all
    select windows.*, channel_days.* exclude (date_day)
    from channel_days
    inner join windows
        on
            windows.counted_by = 'days'
            and channel_days.date_day between windows.window_start and windows.window_end
),

channel_sums as (
    select
        counted_by,
        window_start,
        window_end,
        case
            when grouping(channel) = 0 then 'channel'
            when grouping(campaign_id) = 0 then 'campaign'
            else 'company'
        end as scope_type,
        coalesce(channel, campaign_id, '') as scope_id,
    {%- for part in parts %}
        sum({{ part }}) as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from channel_windows
    group by grouping sets (
        (counted_by, window_start, window_end),
        (counted_by, window_start, window_end, channel),
        (counted_by, window_start, window_end, campaign_id)
    )
),

channel_cases as (
    select
        counted_by,
        window_start,
        window_end,
        scope_type,
        scope_id,
        {{ unnested(sums) }}
    from channel_sums
    where not (scope_type = 'campaign' and scope_id = '(none)')
),

days as (
    select * exclude (data_as_of) from {{ ref('mart_metric_daily') }}
    union all
    select * from {{ ref('int_ad_return_day') }}
),

named_days as (
    select names.metric, names.chance, days.* exclude (metric)
    from days
    inner join names on days.metric = names.record
    where days.scope_type in ('company', 'channel', 'campaign', 'team')
),

-- Of a level, what has changed it since the beginning.
day_cases as (
    select
        windows.counted_by,
        windows.window_start,
        windows.window_end,
        named_days.scope_type,
        named_days.scope_id,
        named_days.metric,
        cast(sum(named_days.numerator) as decimal(30, 6)) as numerator,
        cast(sum(named_days.denominator) as decimal(30, 6)) as denominator,
        sum(named_days.squares) as squares
    from named_days
    inner join windows
        on
            named_days.date_day <= windows.window_end
            and (named_days.date_day >= windows.window_start or named_days.chance = 'level')
    group by all
),

-- Things that are counted are cases of one.
cases as (
    select * from day_cases
    union all by name
    select *, abs(numerator) as squares from channel_cases
    where numerator is not null or denominator is not null
),

-- The first day each part was measured; a date before anything is compared is a mistyped one.
channel_beginnings as (
    select
    {%- for part in parts %}
        min(date_day) filter (where {{ part }} is not null) as {{ part }}{{ ',' if not loop.last }}
    {%- endfor %}
    from (
        select * from channel_days
        union all by name
        select * exclude (period_type, period_start, is_from_period_total), period_start as date_day
        from channel_periods
        where is_from_period_total
    ) as measured
    where date_day >= (select min(window_start) from windows)
),

beginnings as (
    select {{ unnested(beginnings) }}
    from channel_beginnings
    union all
    select
        metric,
        min(date_day) filter (where chance not in ('price', 'return')) as cases_from,
        min(date_day) filter (
            where (chance = 'price' and numerator <> 0) or (chance = 'return' and denominator <> 0)
        ) as spend_from
    from named_days
    where scope_type = 'company' and date_day >= (select min(window_start) from windows)
    group by metric
),

-- Of metrics that come from the same records, no case of the one while there are cases of the other is none. What
-- relates spend to cases is known when both are.
begun as (
    select
        metrics.*,
        min(beginnings.cases_from) over (partition by metrics.known_with) as cases_from,
        beginnings.spend_from
    from metrics
    left join beginnings on metrics.metric = beginnings.metric
),

known as (
    select
        * exclude (cases_from, spend_from, known_with),
        case
            when not (chance in ('price', 'return') or origin = 'channel') then cases_from
            when cases_from is not null and spend_from is not null then greatest(cases_from, spend_from)
        end as known_from
    from begun
),

-- The company has every period; a channel, campaign or team those in which, or before which, something happened.
asked as (
    select periods.*, metrics.metric, 'company' as scope_type, '' as scope_id
    from periods
    cross join metrics
    where periods.period_end >= (select min(known_from) from known)
    {% for side in ['period', 'previous', 'year_ago'] -%}
        union
        select periods.*, cases.metric, cases.scope_type, cases.scope_id
        from periods
        inner join cases
            on
                periods.counted_by = cases.counted_by
                and periods.{{ side }}_start = cases.window_start
                and periods.{{ side }}_end = cases.window_end
        where cases.numerator <> 0 or cases.denominator <> 0
    {% endfor %}
),

{% for side in ['period', 'previous', 'year_ago'] -%}
    {{ side }}_values as (
        select
            asked.period_type,
            asked.period_start,
            asked.metric,
            asked.scope_type,
            asked.scope_id,
            asked.{{ side }}_start >= known.known_from and asked.{{ side }}_end <= {{ data_as_of() }} as is_whole,
            case
                when known.known_from is null or known.known_from > asked.{{ side }}_end then null
                when known.is_ratio then cases.numerator
                else coalesce(cases.numerator, 0)
            end as numerator,
            case when known.known_from <= asked.{{ side }}_end then cases.denominator end as denominator,
            coalesce(cases.squares, 0) as squares,
            case
                when known.known_from is null or known.known_from > asked.{{ side }}_end then null
                when known.is_ratio
                    then known.factor * {{ safe_divide('cases.numerator', 'cases.denominator') }}
                else cast(coalesce(cases.numerator, 0) as double)
            end as value
        from asked
        inner join known on asked.metric = known.metric
        left join cases
            on
                asked.metric = cases.metric
                and asked.scope_type = cases.scope_type
                and asked.scope_id = cases.scope_id
                and asked.counted_by = cases.counted_by
                and asked.{{ side }}_start = cases.window_start
                and asked.{{ side }}_end = cases.window_end
    ),

{% endfor -%}

scopes as (
    select 'channel' as scope_type, channel as scope_id, channel as scope_label from {{ ref('dim_channel') }}
    union all
    select 'campaign', campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

compared as (
    select
        asked.period_type,
        asked.period_start,
        asked.period_end,
        now.is_whole,
        asked.metric,
        asked.scope_type,
        asked.scope_id,
        metrics.chance,
        metrics.unit,
        now.numerator,
        now.denominator,
        now.value,
    {%- for side in ['previous', 'year_ago'] %}
        case when {{ side }}.is_whole then {{ side }}.value end as {{ side }}_value,
        case when now.is_whole and {{ side }}.is_whole then now.value - {{ side }}.value end as {{ side }}_change,
        case when now.is_whole and {{ side }}.is_whole then {{ is_within_chance('metrics.chance', 'now', side) }} end
            as {{ side }}_is_noise{{ ',' if not loop.last }}
    {%- endfor %}
    from asked
    inner join period_values as now using (period_type, period_start, metric, scope_type, scope_id)
    inner join previous_values as previous using (period_type, period_start, metric, scope_type, scope_id)
    inner join year_ago_values as year_ago using (period_type, period_start, metric, scope_type, scope_id)
    inner join metrics on asked.metric = metrics.metric
),

final as (
    select
        compared.period_type,
        compared.period_start,
        compared.period_end,
        coalesce(compared.is_whole, false) as is_complete,
        compared.metric,
        compared.scope_type,
        compared.scope_id,
        case compared.scope_type
            when 'company' then 'All' else coalesce(scopes.scope_label, compared.scope_id)
        end as scope_label,
        compared.numerator,
        compared.denominator,
        compared.value,
    {%- for side in ['previous', 'year_ago'] %}
        compared.{{ side }}_value,
        compared.{{ side }}_change,
        case
            when compared.unit <> 'rate'
                then {{ safe_divide('compared.' ~ side ~ '_change', 'abs(compared.' ~ side ~ '_value)') }}
        end as {{ side }}_change_share,
        compared.{{ side }}_is_noise,
    {%- endfor %}
        case
            when compared.chance in ('share', 'mean', 'price') then compared.denominator < {{ var('min_n') }}
        end as is_low_n,
        {{ data_as_of() }} as data_as_of
    from compared
    left join scopes on compared.scope_type = scopes.scope_type and compared.scope_id = scopes.scope_id
)

select * from final
