-- What became of every loaded row outside the CRM: counts, shadowed by nothing and explained by a name (G13).
with
{%- for entity in entity_rules() %}
{{ entity }} as (
    select '{{ entity }}' as entity, source, account_id, _outcome as outcome, count(*) as row_count
    from ({{ judged_rows(entity) }}) as judged
    group by all
),
{%- endfor %}

final as (
    {% for entity in entity_rules() -%}
    select * from {{ entity }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
