{#-
The rows of a raw entity that still count, with every column of the entity and the batch's scope (`_scope`):
restatement is decided here (row_outcomes) and nowhere else.

    with current_costs as (
        {{ current_rows(source('raw', 'marketing_costs'), **entity_rules('marketing_costs')) }}
    )

relation      source('raw', <entity>), or some of its rows; then `entity` names it
key           columns that identify one thing inside one source and account; NULLs are equal to each other
per_account   false: the key identifies a thing inside the source, whichever account exported it
date_column   the row's own day, for exports that replace a period; none if the entity has no such day;
              [first day, last day] for period totals
exclude       reason -> SQL condition; rows that meet one are left out *after* the newest version was chosen, so that a
              record deleted in the newest export does not come back in an older shape
-#}
{% macro current_rows(relation, key, date_column=none, exclude={}, entity=none, per_account=true) -%}
    select * exclude (_outcome)
    from ({{ row_outcomes(relation, key, date_column, exclude, entity=entity, per_account=per_account) }}) as judged
    where _outcome = 'current'
{%- endmacro %}
