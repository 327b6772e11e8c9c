{#- Typed columns of a page's metric, of a day or of a period. -#}
{% macro staged_social_metrics() -%}
    source,
    account_id,
    lower(trim(platform)) as platform,
    coalesce(page_id, '') as page_id,
    page_name,
    lower(trim(metric)) as metric,
    coalesce(lower(trim(scope)), 'total') as metric_scope,
    value as metric_value
{%- endmacro %}
