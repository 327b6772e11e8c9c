{#- Largest remainder: whole units of each measure (`<measure>_units`, a number of smallest units the same in every row of
    a party) shared out in proportion to whole `points`, as `<measure>_part`. Parts add up to the units exactly, whatever
    the number of threads; ties go to the first by `ties`. -#}
{% macro shared_units(relation, parties, ties, measures) -%}
with summed as (
        select *, sum(points) over (partition by {{ parties }}) as all_points
        from {{ relation }}
    ),

    floored as (
        select
            *,
            {% for measure in measures -%}
                abs({{ measure }}_units) * points // all_points as {{ measure }}_floor
                {{- ',' if not loop.last }}
            {% endfor %}
        from summed
    ),

    -- Multiplied, not divided again: a division of such integers costs ten times as much.
    remaining as (
        select
            *,
            {% for measure in measures -%}
                abs({{ measure }}_units) * points - {{ measure }}_floor * all_points as {{ measure }}_rest
                {{- ',' if not loop.last }}
            {% endfor %}
        from floored
    )

    select
        * exclude (
            all_points,
            {% for measure in measures -%}
                {{ measure }}_floor, {{ measure }}_rest {{- ',' if not loop.last }}
            {% endfor %}
        ),
        {% for measure in measures -%}
            sign({{ measure }}_units) * (
                {{ measure }}_floor + case
                    when
                        row_number() over (
                            partition by {{ parties }} order by {{ measure }}_rest desc, {{ ties }}
                        ) <= abs({{ measure }}_units) - sum({{ measure }}_floor) over (partition by {{ parties }})
                        then 1
                    else 0
                end
            ) as {{ measure }}_part
            {{- ',' if not loop.last }}
        {% endfor %}
    from remaining
{%- endmacro %}
