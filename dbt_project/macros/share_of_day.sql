{#-
Whole units of day `number` (from 0) of `count` days: what is due by its end less what was due by its start, so that the
days differ by one unit at most and add up exactly. Division truncates, hence the sign is taken off and put back.
-#}
{% macro share_of_day(units, number, count) -%}
    sign({{ units }}) * (
        abs({{ units }}) * ({{ number }} + 1) // {{ count }} - abs({{ units }}) * {{ number }} // {{ count }}
    )
{%- endmacro %}
