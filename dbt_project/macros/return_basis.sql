{#- What a margin is worth: exact where the cost of all of its revenue is known, scaled up where the cost of most of it is,
    else there is none and revenue stands for it. -#}
{% macro return_basis(revenue, revenue_with_cost) -%}
    case
        when {{ revenue }} = 0 and coalesce({{ revenue_with_cost }}, 0) = 0 then 'margin'
        when {{ revenue_with_cost }} = {{ revenue }} then 'margin'
        when {{ revenue_with_cost }} / nullif({{ revenue }}, 0) between {{ var('margin_coverage_min') }} and 1
            then 'margin_scaled'
        else 'revenue'
    end
{%- endmacro %}
