{#-
Query: events of metrics per day and scope a goal can have. Every event is written once for each scope it belongs to.

events  relation of metric, date_day, numerator, denominator (NULL for what is added up, 1 a case for means), team, rep_id,
        rep_name, channel, region, campaign_id, campaign_name, product_id, product_name (NULL where a scope has no meaning)

Gives metric, date_day, scope_type, scope_id, scope_name, numerator, denominator and squares: the sum of the squares of the
numerators, for how far means scatter. What nobody could have earned is cut off there, so that one absurd amount overflows
nothing.
-#}
{% macro by_goal_scope(events) -%}
    {%- set scopes = {
        'company': ("''", "''"), 'team': ('team', 'team'), 'rep': ('rep_id', 'rep_name'),
        'channel': ('channel', 'channel'), 'region': ('region', 'region'),
        'campaign': ('campaign_id', 'campaign_name'), 'product': ('product_id', 'product_name')
    } -%}
    {#- In wide decimals: a product of narrow ones overflows, and a power is a binary fraction. -#}
    {%- set capped = 'least(abs(cast(numerator as decimal(19, 2))), 1000000000000)' -%}
    select
        metric,
        date_day,
        scope_type,
        scope_id,
        min(scope_name) as scope_name,
        cast(sum(numerator) as decimal(24, 6)) as numerator,
        cast(sum(denominator) as decimal(24, 6)) as denominator,
        cast(sum(square) as decimal(38, 4)) as squares
    from (
        {% for scope, (key, name) in scopes.items() %}
            select
                metric,
                date_day,
                '{{ scope }}' as scope_type,
                {{ key }} as scope_id,
                {{ name }} as scope_name,
                numerator,
                denominator,
                cast({{ capped }} * {{ capped }} as decimal(38, 4)) as square
            from {{ events }}
            where date_day <= {{ data_as_of() }}{{ ' and ' ~ key ~ ' is not null' if scope != 'company' }}
            {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as scoped
    group by metric, date_day, scope_type, scope_id
{%- endmacro %}
