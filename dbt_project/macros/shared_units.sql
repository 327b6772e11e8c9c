{#- Largest remainder: whole units of each measure (`<measure>_units`, a number of smallest units the same in every row of
    a party) shared out in proportion to whole `points`, as `<measure>_part`. Parts add up to the units exactly, whatever
    the number of threads; ties go to the first by `ties`. -#}
{% macro shared_units(relation, parties, ties, measures) -%}
with floored as (
        select
            *,
            {% for measure in measures -%}
                abs({{ measure }}_units) * points // sum(points) over party as {{ measure }}_floor,
                abs({{ measure }}_units) * points % sum(points) over party as {{ measure }}_rest
                {{- ',' if not loop.last }}
            {% endfor %}
        from {{ relation }}
        window party as (partition by {{ parties }})
    )

    select
        * exclude (
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
    from floored
{%- endmacro %}
