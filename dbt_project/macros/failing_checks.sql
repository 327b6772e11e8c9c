{#-
What a data test returns: one row per broken check with `problem` (what is wrong, in words), `example` (the values of one
offending row) and `rows_found`. `checks` is a list of {problem, broken, shows}: `broken` is true or false for each row,
`shows` a text whose column names are those the example gives. All checks are judged in one pass over the relation.
-#}
{% macro failing_checks(relation, checks) -%}
    select unnest(found, recursive := true)
    from (
        select [
            {%- for check in checks %}
            {
                'problem': {{ sql_text(check.problem) }},
                'example': min(case when {{ check.broken }} then {{ shown_values('tested', check.shows) }} end),
                'rows_found': count(*) filter (where {{ check.broken }})
            }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ] as found
        from (select * from {{ relation }}) as tested
    )
{%- endmacro %}

{#- The values of the row `alias` in those of its columns that `shows` names, as `a = 1, b = NULL`. -#}
{% macro shown_values(alias, shows) -%}
    array_to_string(
        [
            name || ' = ' || coalesce(to_json({{ alias }}) ->> name, 'NULL')
            for name in json_keys(to_json({{ alias }}))
            if regexp_matches({{ sql_text(shows) }}, '\b' || name || '\b')
        ],
        ', '
    )
{%- endmacro %}

{#- A text as an SQL literal. -#}
{% macro sql_text(text) -%}
    '{{ text | string | replace("'", "''") }}'
{%- endmacro %}

{#- One row for all rows of `query` (a subquery that has a column `example`), none if there are none. -#}
{% macro failing_query(problem, query) -%}
    select {{ sql_text(problem) }} as problem, min(example) as example, count(*) as rows_found
    from ({{ query }})
    having count(*) > 0
{%- endmacro %}

{#- The last part of a relation's name, for texts. -#}
{% macro relation_name(relation) -%}
    {{- return((relation | string | replace('"', '')).split('.')[-1]) -}}
{%- endmacro %}
