{#- The day a mart speaks of: DATE, the same in every row (last column of every mart). -#}
{% macro data_as_of() -%}
    cast('{{ var("as_of_date") }}' as date)
{%- endmacro %}
