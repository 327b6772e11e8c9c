{#- Typed columns of a cost. -#}
{% macro staged_costs() -%}
    source,
    account_id,
    cost_id,
    period_start,
    greatest(coalesce(period_end, period_start), period_start) as period_end,
    period_end is null
    and coalesce(lower(trim(kind)) in ('planned', 'plan', 'budget'), false)
    and nullif(trim(campaign_name), '') is not null as is_open_ended,
    case
        when lower(trim(category)) in ('media', 'production', 'tools', 'people') then lower(trim(category))
        else 'other'
    end as category,
    coalesce(nullif(lower(trim(department)), ''), 'marketing') as department,
    nullif(trim(channel), '') as channel,
    nullif(trim(campaign_name), '') as campaign_name,
    nullif(trim(team), '') as team,
    nullif(trim(vendor), '') as vendor,
    amount,
    upper(nullif(trim(currency), '')) as currency,
    case when lower(trim(kind)) in ('planned', 'plan', 'budget') then 'planned' else 'actual' end as kind,
    nullif(lower(trim(allocation_key)), '') as allocation_key,
    nullif(trim(sales_step), '') as sales_step
{%- endmacro %}
