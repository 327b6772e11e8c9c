{#-
The name of a campaign that a tool sends in parts to compare them: Mailchimp titles the parts `<name> | Combo 1`.
-#}
{% macro without_test_variant(name) -%}
    regexp_replace({{ name }}, '\s*\|\s*(combo|variation)\s+[0-9a-z]{1,2}\s*$', '', 'i')
{%- endmacro %}
