{#-
The day a mart speaks of: DATE, the same in every row (last column of every mart). The build gives it as an environment
variable, since dbt parses the whole project anew when a variable of its own changes, as the day does every day; a
variable as_of_date, if given, comes first (unit tests, a look at another day by hand).
-#}
{% macro data_as_of() -%}
    cast('{{ var("as_of_date", none) or env_var("WAREHOUSE_AS_OF_DATE", "2026-10-31") }}' as date)
{%- endmacro %}
