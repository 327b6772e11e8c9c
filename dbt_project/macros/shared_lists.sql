-- noqa: disable=LT02
{#- Largest remainder, as `shared_units` does it, for a `relation` of one row per party: list `points` (bigint, none
    below 0) says what each member has, `<measure>_units` (bigint) what is shared. Adds a list `<measure>_parts` for each
    measure; of equal remainders the first of the list comes first. A short list is sorted where shared_units sorts all
    rows of all parties, once for each measure. Products of units and points that could exceed 64 bits are taken in 128,
    which costs ten times as much and is seldom needed. -#}
{% macro shared_lists(relation, measures) -%}
with summed as (
        select *, list_sum(points) as all_points, len(points) as members
        from {{ relation }}
    ),

    sized as (
        select
            *,
            cast(all_points as double) * greatest(
                members + 1
                {%- for measure in measures %}, abs({{ measure }}_units){% endfor %}
            ) < 9e18 as fits
        from summed
    ),

    {% for size, type in {'narrow': 'bigint', 'wide': 'hugeint'}.items() %}
    {{ size }} as (
        select
            * exclude (all_points, fits),
            cast(all_points as {{ type }}) as all_points,
            list_transform(points, lambda one: cast(one as {{ type }})) as whole_points
        from sized
        where {{ 'fits' if type == 'bigint' else 'not fits' }}
    ),

    {{ size }}_floored as (
        select
            *,
            {% for measure in measures -%}
                list_transform(
                    whole_points, lambda one: abs({{ measure }}_units) * one // all_points
                ) as {{ measure }}_floors {{- ',' if not loop.last }}
            {% endfor %}
        from {{ size }}
    ),

    -- The remainder of each member and then its place: no two keys are equal.
    {{ size }}_keyed as (
        select
            *,
            {% for measure in measures -%}
                list_transform(
                    list_zip(whole_points, {{ measure }}_floors, generate_series(1, members)),
                    lambda one: (abs({{ measure }}_units) * one[1] - one[2] * all_points) * members + members - one[3]
                ) as {{ measure }}_keys,
                cast(abs({{ measure }}_units) - list_sum({{ measure }}_floors) as bigint) as {{ measure }}_left
                {{- ',' if not loop.last }}
            {% endfor %}
        from {{ size }}_floored
    ),

    -- So many of the largest have one unit more; nobody where nothing is left.
    {{ size }}_ranked as (
        select
            *,
            {% for measure in measures -%}
                list_reverse_sort({{ measure }}_keys)[{{ measure }}_left] as {{ measure }}_least
                {{- ',' if not loop.last }}
            {% endfor %}
        from {{ size }}_keyed
    ),

    {{ size }}_shared as (
        select
            * exclude (
                all_points, members, whole_points,
                {% for measure in measures -%}
                    {{ measure }}_floors, {{ measure }}_keys, {{ measure }}_left, {{ measure }}_least
                    {{- ',' if not loop.last }}
                {% endfor %}
            ),
            {% for measure in measures -%}
                list_transform(
                    list_zip({{ measure }}_floors, {{ measure }}_keys),
                    lambda one: cast(
                        sign({{ measure }}_units) * (one[1] + case when one[2] >= {{ measure }}_least then 1 else 0 end)
                        as bigint
                    )
                ) as {{ measure }}_parts {{- ',' if not loop.last }}
            {% endfor %}
        from {{ size }}_ranked
    ) {{- ',' if not loop.last }}
    {% endfor %}

    select * from narrow_shared
    union all
    select * from wide_shared
{%- endmacro %}
