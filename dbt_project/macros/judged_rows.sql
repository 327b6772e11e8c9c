{#-
Raw rows of an entity outside the CRM with `_outcome` (row_outcomes), the one-scope rule included where the entity has
one (scope_rules). Staging keeps the rows with outcome 'current'; stg_row_outcomes counts all of them.
-#}
{% macro judged_rows(entity) -%}
    {%- set rules = scope_rules(entity) -%}
    {%- if rules -%}
        {{- one_scope(entity, **rules) -}}
    {%- elif entity == 'goals' -%}
        {{- judged_goals() -}}
    {%- elif entity == 'email_campaigns' -%}
        {{- row_outcomes(ref('stg_email_exports'), entity=entity, **entity_rules(entity)) -}}
    {%- else -%}
        {{- row_outcomes(source('raw', entity), **entity_rules(entity)) -}}
    {%- endif -%}
{%- endmacro %}
