-- What became of every loaded row outside the CRM: counts and a control total per reason (G13).
{%- set control_totals = {
    'ads_performance': 'spend', 'ads_period': 'spend', 'email_campaigns': 'recipients', 'web_traffic': 'sessions',
    'web_period': 'sessions', 'search_performance': 'clicks',
    'search_period': 'clicks', 'social_daily': 'value', 'social_period': 'value', 'marketing_costs': 'amount'
} %}
with
{%- for entity in entity_rules() %}
    {{ entity }} as (
        select
            '{{ entity }}' as entity,
            source,
            account_id,
            _outcome as outcome,
            count(*) as row_count,
            cast(sum({{ control_totals.get(entity, 'null') }}) as decimal(38, 6)) as measure_total
        from ({{ judged_rows(entity) }}) as judged
        group by source, account_id, _outcome
    ),
{%- endfor %}

final as (
    {% for entity in entity_rules() -%}
        select * from {{ entity }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
