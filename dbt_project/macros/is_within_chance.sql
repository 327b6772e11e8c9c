{#-
True if a number differs from an earlier one by no more than chance alone brings in 95 of 100 cases, by how the metric
scatters (macro compared_metrics); NULL where nobody can say. `now` and `before` are relations with value, numerator,
denominator and squares.
cases   the variance of a sum of cases is the sum of their squares
mean    Welch's test; one case has no variance
share   Newcombe's interval of the difference of two shares (macro difference_bound)
price   spend / cases: the logarithm of a Poisson count scatters by 1 / sqrt(count)
return  revenue / spend: we decide what is spent; revenue varies by chance as the number of sales does
-#}
{% macro is_within_chance(chance, now, before, z=1.959963984540054) -%}
    {%- set sides = [now, before] -%}
    case {{ chance }}
        when 'decided' then {{ now }}.value = {{ before }}.value
        when 'cases'
            then abs({{ now }}.value - {{ before }}.value)
                <= {{ z }} * sqrt(cast({{ now }}.squares as double) + cast({{ before }}.squares as double))
        when 'share'
            then {{ difference_bound(now ~ '.numerator', now ~ '.denominator',
                                     before ~ '.numerator', before ~ '.denominator', '-', z) }} <= 0
                and {{ difference_bound(now ~ '.numerator', now ~ '.denominator',
                                        before ~ '.numerator', before ~ '.denominator', '+', z) }} >= 0
        when 'mean'
            then abs({{ now }}.value - {{ before }}.value) <= {{ z }} * sqrt(
            {%- for side in sides %}
                greatest(0.0, cast({{ side }}.squares as double) - cast({{ side }}.numerator as double) * {{ side }}.value)
                / nullif(cast({{ side }}.denominator as double) - 1, 0) / nullif(cast({{ side }}.denominator as double), 0)
                {{- ' +' if not loop.last }}
            {%- endfor %}
            )
        when 'price'
            then case when {{ now }}.value > 0 and {{ before }}.value > 0 then abs(ln({{ now }}.value / {{ before }}.value)) end
                <= {{ z }} * sqrt({{ safe_divide(1, now ~ '.denominator') }} + {{ safe_divide(1, before ~ '.denominator') }})
        when 'return'
            then abs({{ now }}.value - {{ before }}.value) <= {{ z }} * sqrt(
            {%- for side in sides %}
                cast({{ side }}.squares as double) / nullif(power(cast({{ side }}.denominator as double), 2), 0)
                {{- ' +' if not loop.last }}
            {%- endfor %}
            )
    end
{%- endmacro %}
