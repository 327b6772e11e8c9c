{#- The argument `day` of a function of the published file, as a date. Only in here, so that a unit test can ask for a
    day by overriding the macro. -#}
{% macro asked_day() %}cast(day as date){% endmacro %}

{#- The last day an answer holds for: the day that was asked for, or the reporting date if that is earlier. -#}
{% macro asked_data_as_of() %}least({{ asked_day() }}, data_as_of){% endmacro %}

{#- Whether a version was the newest when the day ended: exported by then, and replaced later or never. -#}
{% macro was_reported() -%}
    reported_on <= {{ asked_day() }} and (replaced_on is null or replaced_on > {{ asked_day() }})
{%- endmacro %}
