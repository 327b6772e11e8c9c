{#-
Rows of an entity whose exports cut the same total in different ways (by campaign, by ad, by device, by landing page),
judged like row_outcomes plus the outcome `other_scope`: per source, account, day (or period) and part of it the rows of
exactly one cut count, so that nothing is summed twice, and what that cut does not contain stays.

cut                 SQL over a row that names how it was cut; the batch's scope separates cuts as well
batch_fact          SQL aggregate over a batch, as text, that separates cuts too
preference          SQL aggregates over one cut's rows of a part: the cut with the highest values wins, in their order,
                    then the first name
part_id, part_name  SQL over a row: the part it belongs to (scope_rules)
-#}
{% macro one_scope(entity, cut, preference, batch_fact, part_id, part_name) -%}
    {%- set rules = entity_rules(entity) -%}
    {%- set days = [rules['date_column']] if rules['date_column'] is string else rules['date_column'] -%}
    {%- set day = ['source', 'account_id'] + days -%}
    with batch_facts as (
        select _batch_id as _fact_batch_id, {{ batch_fact }} as _batch_fact
        from {{ source('raw', entity) }}
        group by _batch_id
    ),

    cuts as (
        select
            judged.*,
            {{ part_id }} as _part_id,
            {{ part_name }} as _part_name,
            coalesce(_scope, '') || ' ' || {{ cut }} || ' ' || batch_facts._batch_fact as _cut
        from ({{ row_outcomes(source('raw', entity), **rules) }}) as judged
        left join batch_facts on judged._batch_id = batch_facts._fact_batch_id
    ),

    parts as (
        select distinct {{ day | join(', ') }}, _part_id, case when _part_id is null then _part_name end as _part_name
        from cuts
        where _outcome = 'current'
    ),

    names_of_ids as (
        select distinct source, account_id, _part_id, _part_name
        from cuts
        where _part_id is not null and _part_name is not null
    ),

    {{ part_labels('parts', 'names_of_ids', day, ['source', 'account_id']) }}

    labelled as (
        select cuts.*, {{ part_label('cuts') }} as _label
        from cuts
        left join id_labels
            on cuts._part_id = id_labels._part_id
            {%- for column in day %}
            and cuts.{{ column }} = id_labels.{{ column }}
            {%- endfor %}
        left join name_labels
            on case when cuts._part_id is null then cuts._part_name end = name_labels._part_name
            {%- for column in day %}
            and cuts.{{ column }} = name_labels.{{ column }}
            {%- endfor %}
    ),

    chosen as (
        select {{ day | join(', ') }}, _label, _cut
        from labelled
        where _outcome = 'current' and _label <> ''
        group by {{ day | join(', ') }}, _label, _cut
        qualify row_number() over (
            partition by {{ day | join(', ') }}, _label
            order by {% for expression in preference %}{{ expression }} desc, {% endfor %}_cut
        ) = 1
    ),

    chosen_of_day as (
        select {{ day | join(', ') }}, _cut
        from labelled
        where _outcome = 'current'
        group by {{ day | join(', ') }}, _cut
        qualify row_number() over (
            partition by {{ day | join(', ') }}
            order by
                max(case when _label <> '' then 1 else 0 end) desc,
                {% for expression in preference %}{{ expression }} desc, {% endfor %}_cut
        ) = 1
    )

    select
        labelled.* exclude (_cut, _label, _part_id, _part_name, _outcome),
        case
            when labelled._outcome <> 'current' then labelled._outcome
            when coalesce(chosen._cut, chosen_of_day._cut) is null then 'other_scope'
            else 'current'
        end as _outcome
    from labelled
    left join chosen
        on labelled._label = chosen._label
        and labelled._cut = chosen._cut
        {%- for column in day %}
        and labelled.{{ column }} = chosen.{{ column }}
        {%- endfor %}
    left join chosen_of_day
        on case when labelled._label = '' then labelled._cut end = chosen_of_day._cut
        {%- for column in day %}
        and labelled.{{ column }} = chosen_of_day.{{ column }}
        {%- endfor %}
{%- endmacro %}
