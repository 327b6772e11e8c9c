{% test in_range(model, column_name, minimum=none, maximum=none, inclusive=true) %}
    {%- set below, above = ('<', '>') if inclusive else ('<=', '>=') %}
    select * from {{ model }}
    where
        false
        {%- if minimum is not none %}
        or {{ column_name }} {{ below }} {{ minimum }}
        {%- endif %}
        {%- if maximum is not none %}
        or {{ column_name }} {{ above }} {{ maximum }}
        {%- endif %}
{% endtest %}
