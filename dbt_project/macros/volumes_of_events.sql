{#- Volumes of a stage from rows of int_funnel_event. What no policy skips is entered as recorded. -#}
{% macro volumes_of_events(stage) -%}
    sum(volume) filter (where kind = 'entered') as entered,
    case
        when {{ stage }} in ('Lead', 'MQL', 'SAL', 'Customer', 'Recycled', 'Retained', 'Churned')
            then sum(volume) filter (where kind = 'entered_strict')
        else sum(volume) filter (where kind = 'entered')
    end as entered_strict,
    sum(volume) filter (where kind = 'reentered') as reentered,
    sum(volume) filter (where kind = 'forward') as exited_forward,
    sum(volume) filter (where kind = 'lost') as exited_lost,
    sum(volume) filter (where kind = 'recycled') as exited_recycled,
    sum(volume) filter (where kind = 'back') as exited_back,
    sum(amount) filter (where kind = 'entered') as entered_amount
{%- endmacro %}
