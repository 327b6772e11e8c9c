{#-
A campaign name reduced to what people keep when they retype it: lower case, no accents, one blank for any run of
blanks and separators. NULL where a tool reports no campaign.
-#}
{% macro normalised_campaign(name) -%}
    nullif(
        case
            when regexp_full_match(trim({{ name }}), '\(.*\)|-+|') then ''
            else trim(regexp_replace(strip_accents(lower({{ name }})), '[\s_\-–—|/:.+]+', ' ', 'g'))
        end,
        ''
    )
{%- endmacro %}
