{#-
Marketing channel of each distinct (source, value) of a relation by the first matching rule of seed channel_rules:
columns rule_source, rule_value, channel. Join back with `is not distinct from`; no row = no rule ('Unknown').
-#}
{% macro match_channels(relation, applies_to, source_column, value_column) -%}
    select
        found.rule_source,
        found.rule_value,
        rules.channel
    from (
        select distinct {{ source_column }} as rule_source, {{ value_column }} as rule_value
        from {{ relation }}
    ) as found
    inner join {{ ref('channel_rules') }} as rules
        on rules.applies_to = '{{ applies_to }}'
        and regexp_full_match(lower(trim(coalesce(found.rule_source, ''))), coalesce(rules.source_pattern, '.*'))
        and regexp_full_match(lower(trim(coalesce(found.rule_value, ''))), coalesce(rules.value_pattern, '.*'))
    qualify row_number() over (partition by found.rule_source, found.rule_value order by rules.rule_number) = 1
{%- endmacro %}
