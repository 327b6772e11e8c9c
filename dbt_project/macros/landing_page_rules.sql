{#-
Which rows of web exports speak for landing pages, as arguments of one_scope: of the exports of a day (or period) the one
by landing page, with a channel before without one. Exports by anything else besides would count visits several times.
-#}
{% macro landing_page_rules() -%}
    {{- return({
        'cut': "case when not " ~ has_landing_pages() ~ " then 'no page'"
        ~ " when " ~ unnumbered() ~ " = '' then 'page' else 'broken down' end",
        'preference': [
            "max(case when coalesce(landing_page, '') <> '' and " ~ unnumbered() ~ " = '' then 1 else 0 end)",
            "max(case when coalesce(channel_group, session_source, session_medium) is null then 0 else 1 end)",
            'max(_exported_at)',
        ],
        'batch_fact': "''",
        'part_id': 'cast(null as varchar)',
        'part_name': 'cast(null as varchar)',
    }) -}}
{%- endmacro %}

{#- True for every row of an export by landing page, visits of an unknown page included. -#}
{% macro has_landing_pages() -%}
    bool_or(coalesce(landing_page, '') <> '') over (partition by _batch_id)
{%- endmacro %}
