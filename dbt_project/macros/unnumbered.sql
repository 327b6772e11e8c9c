{#-
A breakdown without the number that only keeps several lines of one name apart (`row=2`): the number says nothing about
what a line is, and another export numbers its lines anew.
-#}
{% macro unnumbered(breakdown='breakdown') -%}
    regexp_replace(coalesce({{ breakdown }}, ''), '( \| |^)row=\d+$', '')
{%- endmacro %}
