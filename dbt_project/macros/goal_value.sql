{#- A value of a metric in words for people: `45.0 %`, `1,200 USD`, `35.0 days`, `12`. VARCHAR; `unit` as in seed goal_metrics. -#}
{% macro goal_value(value, unit) -%}
    case {{ unit }}
            when 'share' then format('{:.1f} %', 100 * {{ value }})
            when 'money' then format('{:,.0f} {{ var("reporting_currency") }}', {{ value }})
            when 'days' then format('{:.1f} days', {{ value }})
            when 'minutes' then format('{:.1f} minutes', {{ value }})
            else format('{:,.0f}', {{ value }})
        end
{%- endmacro %}
