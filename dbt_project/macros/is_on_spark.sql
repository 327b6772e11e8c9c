{#-
Whether Spark builds. Incremental models are built whole there, so that nothing need be known of what was touched.
-#}
{% macro is_on_spark() -%}
    {{ return(var('compile_for', target.type) in ('spark', 'duckspark')) }}
{%- endmacro %}
