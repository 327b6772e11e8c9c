{#-
How the exports of an entity cut the same total, for one_scope and row_versions; none where they do not.

Ads: campaign before ad set before ad before account, unbroken before broken down, decided for each campaign by itself.
Exports with campaign ids and exports with names only cannot restate each other, so the newer kind counts. Web: cuts
that name the channel and the most of its dimensions, not broken down by page or anything else.

part_id, part_name  SQL over a row: the part of the day's total that it belongs to. The cut is chosen for each part, so
                    that what the chosen cut of one part does not contain stays. Rows of neither are about the whole
                    day: they count only where their cut is the best of the day.
-#}
{% macro scope_rules(entity) -%}
    {%- if entity in ['ads_performance', 'ads_period'] -%}
        {{- return({
            'cut': "concat_ws(' ', level, case when " ~ unnumbered() ~ " = '' then 'whole' else 'broken down' end)",
            'preference': [
                "max(case level when 'campaign' then 4 when 'adset' then 3 when 'ad' then 2 else 1 end)",
                "max(case when " ~ unnumbered() ~ " = '' then 1 else 0 end)",
                'max(_exported_at)',
            ],
            'batch_fact': "case when bool_or(campaign_id is not null) then 'ids' else 'names' end",
            'part_id': "nullif(campaign_id, '')",
            'part_name': "nullif(campaign_name, '')",
        }) -}}
    {%- elif entity in ['web_traffic', 'web_period'] -%}
        {{- return({
            'cut': "case when coalesce(landing_page, '') = '' and " ~ unnumbered() ~ " = '' then 'whole'"
            ~ " else 'broken down' end",
            'preference': [
                "max(case when coalesce(channel_group, session_source, session_medium) is null then 0 else 1 end)",
                "max(case when coalesce(landing_page, '') = '' and " ~ unnumbered() ~ " = '' then 1 else 0 end)",
                "max(case when channel_group is null then 0 else 1 end)"
                ~ " + max(case when session_source is null then 0 else 1 end)"
                ~ " + max(case when session_medium is null then 0 else 1 end)"
                ~ " + max(case when campaign_name is null then 0 else 1 end)",
                'max(_exported_at)',
            ],
            'batch_fact': "''",
            'part_id': 'cast(null as varchar)',
            'part_name': 'cast(null as varchar)',
        }) -}}
    {%- else -%}
        {{- return(none) -}}
    {%- endif -%}
{%- endmacro %}
