{% test holds(model, condition) %}
    -- A condition with an unknown answer (NULL) counts as broken.
    select * from {{ model }} where not coalesce({{ condition }}, false)
{% endtest %}
