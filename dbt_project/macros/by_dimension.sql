{#-
The dimensions of variable funnel_dimensions as rows: beside the columns of `relation`, dimension_type and _value; with
`pairs` also those of funnel_dimension_pairs, whose second value is dimension_value_2 (NULL for one dimension).
Lists unnested side by side: a lateral join would compare every column of its rows with themselves.
-#}
{% macro by_dimension(relation, pairs=false) -%}
    {%- set names = ['all'] %}
    {%- for name in var('funnel_dimensions') %}
        {%- do names.append(name) %}
    {%- endfor %}
    {%- for name in var('funnel_dimension_pairs') if pairs %}
        {%- do names.append(name) %}
    {%- endfor %}
    {%- set values, seconds = [], [] %}
    {%- for name in names %}
        {%- set columns = [] %}
        {%- for one in (name ~ '').split(' x ') %}
            {%- do columns.append({'all': "'all'", 'campaign': 'campaign_id'}.get(one, one)) %}
        {%- endfor %}
        {%- do values.append(columns[0]) %}
        {%- do seconds.append(columns[1] or 'null') %}
    {%- endfor %}
    select
        *,
        unnest(['{{ names | join("', '") }}']) as dimension_type,
        unnest([{{ values | join(', ') }}]) as dimension_value
        {%- if pairs %},
        unnest(cast([{{ seconds | join(', ') }}] as varchar [])) as dimension_value_2
        {%- endif %}
    from {{ relation }}
{%- endmacro %}

{#- Stages from which customers, who have won already, may still go on. -#}
{% macro customer_stages() -%}
    ('Customer', 'Retained', 'Purchased', 'Trial', 'Subscribed', 'Signed up')
{%- endmacro %}

{#- Days a cohort is given to go on; none: ever. -#}
{% macro cohort_windows() -%}
    {{ return([30, 60, 90, 180, 365, none]) }}
{%- endmacro %}

{#- Of the members of a cohort, per window: numerator, amount, strict and open, each with the window as its suffix. -#}
{% macro counts_in_windows() -%}
    {%- for days in cohort_windows() %}
        {%- set name = days or 'ever' %}
        {%- set in_time = 'is not null' if days is none else '<= ' ~ days %}
        count(*) filter (where is_converted_{{ name }}) as numerator_{{ name }},
        sum(amount_reporting) filter (where is_converted_{{ name }}) as amount_{{ name }},
        count(*) filter (where days_taken_strict {{ in_time }}) as strict_{{ name }},
        count(*) filter (where is_open_{{ name }}) as open_{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- What counts_in_windows counted in parts of a cohort, added up under the same names. -#}
{% macro sums_in_windows() -%}
    {%- for days in cohort_windows() %}
        {%- set name = days or 'ever' %}
        sum(numerator_{{ name }}) as numerator_{{ name }},
        sum(amount_{{ name }}) as amount_{{ name }},
        sum(strict_{{ name }}) as strict_{{ name }},
        sum(open_{{ name }}) as open_{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
