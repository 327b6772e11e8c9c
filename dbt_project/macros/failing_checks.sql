{#-
What a data test returns: one row per broken check with `problem` (what is wrong, in words), `example` (the values of one
offending row) and `rows_found`; `model`, too, if the test reads several. A macro that looks for broken checks returns
`problem`, `shows` (a text whose column names are those the example gives), `offending` (one row as JSON) and
`rows_found`; macro with_examples makes the example of it, once a test: planning that costs more than most checks do.
-#}

{#-
Looks for broken checks of single rows, all in one pass over the relation. `checks` is a list of {problem, broken, shows}:
`broken` is true or false for each row. Only columns that a check names are read.
-#}
{% macro failing_checks(relation, checks) -%}
    {%- set words = checks | map(attribute='broken') | join(' ') ~ ' ' ~ checks | map(attribute='shows') | join(' ') -%}
    select unnest(found, recursive := true)
    from (
        select [
            {%- for check in checks %}
            {
                'problem': {{ sql_text(check.problem) }},
                'shows': {{ sql_text(check.shows) }},
                'offending': min(case when is_broken_{{ loop.index }} then to_json(tested)::varchar end),
                'rows_found': count(*) filter (where is_broken_{{ loop.index }})
            }
            {{- ',' if not loop.last }}
            {%- endfor %}
        ] as found
        from (
            select
                columns(lambda name: regexp_matches({{ sql_text(words) }}, '\b' || name || '\b')),
                {%- for check in checks %}
                {{ check.broken }} as is_broken_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ relation }}
        ) as tested
    )
{%- endmacro %}

{#- One row for all rows of `query`, none if there are none. -#}
{% macro failing_rows(problem, shows, query) -%}
    select
        {{ sql_text(problem) }} as problem,
        {{ sql_text(shows) }} as shows,
        min(to_json(found)::varchar) as offending,
        count(*) as rows_found
    from ({{ query }}) as found
    having count(*) > 0
{%- endmacro %}

{#- The rows of a data test: what a query that looks for broken checks found. -#}
{% macro with_examples(query) -%}
    select
        * exclude (shows, offending),
        array_to_string(
            [
                name || ' = ' || coalesce(offending ->> name, 'NULL')
                for name in json_keys(offending)
                if regexp_matches(shows, '\b' || name || '\b')
            ],
            ', '
        ) as example
    from ({{ query }})
    where rows_found > 0
{%- endmacro %}

{#- A text as an SQL literal. -#}
{% macro sql_text(text) -%}
    '{{ text | string | replace("'", "''") }}'
{%- endmacro %}

{#- The last part of a relation's name, for texts. -#}
{% macro relation_name(relation) -%}
    {{- return((relation | string | replace('"', '')).split('.')[-1]) -}}
{%- endmacro %}
