{% test rate_is_quotient(model, column_name, numerator, denominator, factor=1) %}
    -- NULL exactly where the quotient is undefined (G1), else the quotient.
    select {{ numerator }} as numerator, {{ denominator }} as denominator, {{ column_name }} as rate
    from {{ model }}
    where
        ({{ column_name }} is null) <> ({{ numerator }} is null or coalesce({{ denominator }}, 0) = 0)
        or isinf({{ column_name }})
        or isnan({{ column_name }})
        or abs({{ column_name }} - {{ factor }} * cast({{ numerator }} as double) / {{ denominator }})
        > 1e-9 * greatest(1, abs({{ column_name }}))
{% endtest %}
