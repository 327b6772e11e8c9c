{#- The argument `days` of a summary: how many days up to the reporting date. In a macro for unit tests to override. -#}
{% macro asked_days() %}days{% endmacro %}
