{#-
CTEs for one_scope and row_versions, each with a comma behind it, that say which parts of a day are the same campaign,
although one export names it by its id and another by its name alone:

id_labels    one row per day and id that shares its day with an export by that name: the label of both
name_labels  the same per name

A name stands for every id that was exported under it by then, so that a campaign that was renamed is still one.

parts         rows that count: the columns of `day`, _part_id, _part_name; one of the two is NULL
names_of_ids  ids with the names they were exported under: the columns of `owner`, _part_id, _part_name
day, owner    lists of columns that name a day (of an account) and an account
known         SQL condition on a part (`ids`) and a name (`names_of_ids`): it was known by then
-#}
{% macro part_labels(parts, names_of_ids, day, owner, known='true') -%}
    aliases as (
        select distinct {% for column in day %}ids.{{ column }}, {% endfor %}ids._part_id, named._part_name
        from {{ parts }} as named
        inner join {{ names_of_ids }} as names_of_ids
            on named._part_name = names_of_ids._part_name
            {%- for column in owner %}
            and named.{{ column }} = names_of_ids.{{ column }}
            {%- endfor %}
        inner join {{ parts }} as ids
            on names_of_ids._part_id = ids._part_id
            {%- for column in day %}
            and named.{{ column }} = ids.{{ column }}
            {%- endfor %}
        where named._part_id is null and {{ known }}
    ),

    first_labels as (
        select {% for column in day %}{{ column }}, {% endfor %}_part_id, min(_part_name) as label
        from aliases
        group by all
    ),

    name_labels as (
        select {% for column in day %}aliases.{{ column }}, {% endfor %}aliases._part_name, min(first_labels.label) as label
        from aliases
        inner join first_labels
            on aliases._part_id = first_labels._part_id
            {%- for column in day %}
            and aliases.{{ column }} = first_labels.{{ column }}
            {%- endfor %}
        group by all
    ),

    id_labels as (
        select {% for column in day %}aliases.{{ column }}, {% endfor %}aliases._part_id, min(name_labels.label) as label
        from aliases
        inner join name_labels
            on aliases._part_name = name_labels._part_name
            {%- for column in day %}
            and aliases.{{ column }} = name_labels.{{ column }}
            {%- endfor %}
        group by all
    ),
{%- endmacro %}

{#- SQL: the label of a part that was joined with id_labels and name_labels; empty for rows about the whole day. -#}
{% macro part_label(part) -%}
    coalesce(
        '=' || id_labels.label, '=' || name_labels.label, '#' || {{ part }}._part_id, '=' || {{ part }}._part_name, ''
    )
{%- endmacro %}
