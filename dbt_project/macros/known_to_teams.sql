{#- A sum of mart_roi, 0 where there is nothing; NULL for a sales team where the sum is marketing's. -#}
{% macro known_to_teams(measure, type, of_marketing) -%}
    cast(
    {%- if measure in of_marketing -%}
        case when cuts.dimension_type <> 'team' or cuts.dimension_key = '(none)' then coalesce(cuts.{{ measure }}, 0) end
    {%- else -%}
        coalesce(cuts.{{ measure }}, 0)
    {%- endif %} as {{ type }})
{%- endmacro %}
