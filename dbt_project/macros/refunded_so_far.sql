{#- What a row of raw.orders says was paid back so far; all of it where it says so without an amount. -#}
{% macro refunded_so_far(row) -%}
    coalesce(
        nullif({{ row }}.refunded_amount, 0),
        case when lower(trim({{ row }}.status)) = 'refunded' then {{ row }}.total end,
        0
    )
{%- endmacro %}
