{#- The margin of all revenue by its return_basis; NULL where that is 'revenue'. -#}
{% macro scaled_margin(basis, gross_margin, revenue, revenue_with_cost) -%}
    cast(
        case {{ basis }}
            when 'margin' then coalesce({{ gross_margin }}, 0)
            when 'margin_scaled'
                then {{ round_reporting('cast(' ~ gross_margin ~ ' as decimal(28, 2)) * ' ~ revenue ~ ' / ' ~ revenue_with_cost) }}
        end as decimal(18, 2)
    )
{%- endmacro %}
