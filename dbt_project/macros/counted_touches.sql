{#- The touches of a path that count by var attribution_path. A touch that does not count cannot be a milestone. -#}
{% macro counted_touches(relation, path) -%}
    {%- set rule = word_of('attribution_path', ['every', 'exposure', 'first']) -%}
    select * from {{ relation }}
    {% if rule == 'exposure' -%}
        qualify
            coalesce(campaign_id, channel) is distinct from lag(coalesce(campaign_id, channel)) over (
                partition by {{ path }} order by touched_at, touch_id
            )
    {%- elif rule == 'first' -%}
        qualify row_number() over (
            partition by {{ path }}, coalesce(campaign_id, channel) order by touched_at, touch_id
        ) = 1
    {%- endif %}
{%- endmacro %}
