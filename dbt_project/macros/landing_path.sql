{#- The path of a page: without scheme, host, query and slash at its end, as the tools write them differently. -#}
{% macro landing_path(page) -%}
    case
        when {{ page }} like '(%' then {{ page }}
        when nullif(trim({{ page }}), '') is not null
            then coalesce(
                nullif(
                    regexp_replace(
                        regexp_replace(trim({{ page }}), '^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*', ''), '/*([?#].*)?$', ''
                    ),
                    ''
                ),
                '/'
            )
    end
{%- endmacro %}
