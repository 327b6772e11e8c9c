{#- Left join of int_fx_rate under an alias: the rate of the day, NULL where none is known (G9). -#}
{% macro fx_join(currency, day, alias='fx') -%}
    left join {{ ref('int_fx_rate') }} as {{ alias }}
        on {{ currency }} = {{ alias }}.from_currency
        and {{ day }} >= {{ alias }}.valid_from
        and {{ day }} < {{ alias }}.valid_to
{%- endmacro %}
