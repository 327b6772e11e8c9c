{#-
How the exports of an entity cut the same total, for one_scope and row_versions; none where they do not.

Ads: campaign before ad set before ad before account, unbroken before broken down; exports with campaign ids and exports
with names only cannot restate each other, so the newer kind counts. Web: cuts that name the channel and the most of its
dimensions, not broken down by page or anything else.
-#}
{% macro scope_rules(entity) -%}
    {%- if entity in ['ads_performance', 'ads_period'] -%}
        {{- return({
            'cut': "concat_ws(' ', level, case when coalesce(breakdown, '') = '' then 'whole' else 'broken down' end)",
            'preference': [
                "max(case level when 'campaign' then 4 when 'adset' then 3 when 'ad' then 2 else 1 end)",
                "max(case when coalesce(breakdown, '') = '' then 1 else 0 end)",
                'max(_exported_at)',
            ],
            'batch_fact': "case when bool_or(campaign_id is not null) then 'ids' else 'names' end",
        }) -}}
    {%- elif entity in ['web_traffic', 'web_period'] -%}
        {{- return({
            'cut': "case when coalesce(landing_page, '') = '' and coalesce(breakdown, '') = '' then 'whole'"
            ~ " else 'broken down' end",
            'preference': [
                "max(case when coalesce(channel_group, session_source, session_medium) is null then 0 else 1 end)",
                "max(case when coalesce(landing_page, '') = '' and coalesce(breakdown, '') = '' then 1 else 0 end)",
                "max(case when channel_group is null then 0 else 1 end)"
                ~ " + max(case when session_source is null then 0 else 1 end)"
                ~ " + max(case when session_medium is null then 0 else 1 end)"
                ~ " + max(case when campaign_name is null then 0 else 1 end)",
                'max(_exported_at)',
            ],
            'batch_fact': "''",
        }) -}}
    {%- else -%}
        {{- return(none) -}}
    {%- endif -%}
{%- endmacro %}
