{% test in_range(model, column_name, minimum=none, maximum=none, inclusive=true) %}
    {%- set below, above = ('<', '>') if inclusive else ('<=', '>=') %}
    select * from {{ model }}
    where
        {{ column_name ~ ' ' ~ below ~ ' ' ~ minimum if minimum is not none else 'false' }}
        or {{ column_name ~ ' ' ~ above ~ ' ' ~ maximum if maximum is not none else 'false' }}
{% endtest %}
