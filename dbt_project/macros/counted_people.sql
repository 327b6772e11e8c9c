{#- People whose touches the path models count, by var attribution_people; points models that say nothing follow. -#}
{% macro main_people() -%}
    {{ return('account' if word_of('attribution_people', ['deal', 'account', 'both']) == 'account' else 'deal') }}
{%- endmacro %}

{#- People -> what stands behind the names of path models that count them: with both, those of the account end so. -#}
{% macro path_variants() -%}
    {%- if word_of('attribution_people', ['deal', 'account', 'both']) == 'both' -%}
        {{ return({'deal': '', 'account': '_account'}) }}
    {%- endif -%}
    {{ return({main_people(): ''}) }}
{%- endmacro %}

{#- Condition: a path is the one of these people. The paths of the deal and of its account are often the same, and then
    stand there once, as both. -#}
{% macro is_path_of(people) -%}
    people in ('both', '{{ people }}')
{%- endmacro %}

{#- SQL: the people of a points model (column people of seed influence_rules). -#}
{% macro people_of_model() -%}
    coalesce(nullif(lower(trim(people)), ''), '{{ main_people() }}')
{%- endmacro %}
