{#-
The last day of the period of a goal that begins on `first`: the whole goal, or the first of the periods its target is for
(`target_per`), which may begin in the middle of one. DATE; `goals` is the alias of the relation with target_per, end_date.
-#}
{% macro goal_period_end(goals, first) -%}
    least({{ goals }}.end_date, case {{ goals }}.target_per
            when 'day' then {{ first }}
            when 'business_day' then {{ first }}
            when 'week' then cast(date_trunc('week', {{ first }}) as date) + 6
            when 'month' then last_day({{ first }})
            when 'quarter' then cast(date_trunc('quarter', {{ first }}) + interval 3 month as date) - 1
            when 'year' then cast(date_trunc('year', {{ first }}) + interval 1 year as date) - 1
            else {{ goals }}.end_date
        end)
{%- endmacro %}

{#-
CTE `cohort_members`: who was a customer the day before a period began, for metrics of kind cohort (R087, R088).

relation   CTE of goals and their periods with metric, scope_type, scope_id and `keys`
keys       its columns that name a period
first_day  its column with the first day of the period

Gives the keys, basis, counts_kept (whether the metric is the share that is kept, not lost) and customer_id, each customer
once a period.
-#}
{% macro cohort_members(relation, keys, first_day) -%}
    cohort_members as (
        select distinct
            {% for key in keys -%}
                periods.{{ key }},
            {% endfor -%}
            spans.basis,
            metrics.default_direction = 'increase' as counts_kept,
            spans.customer_id
        from {{ relation }} as periods
        inner join {{ ref('goal_metrics') }} as metrics on periods.metric = metrics.metric
        inner join {{ ref('fct_customer_span') }} as spans
            on
                metrics.customer_basis = spans.basis
                and periods.{{ first_day }} > spans.valid_from
                and (spans.valid_to is null or periods.{{ first_day }} <= spans.valid_to)
        left join {{ ref('mart_customer_value') }} as customers on spans.customer_id = customers.customer_id
        where
            metrics.metric_kind = 'cohort'
            and case periods.scope_type
                when 'company' then true
                when 'channel' then periods.scope_id = coalesce(customers.channel, 'Unknown')
                when 'region' then periods.scope_id = coalesce(customers.region, 'Unknown')
                when 'campaign' then periods.scope_id = customers.origin_campaign_id
                else false
            end
    )
{%- endmacro %}
