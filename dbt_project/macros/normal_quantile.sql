{#-
The z above which a standard normal variable lies with probability `tail` (above 0, at most 0.5): Acklam's rational
approximation of the inverse normal distribution (2003), relative error below 1.2e-9. DOUBLE.
-#}
{% macro normal_quantile(tail) -%}
    {%- set far = 'sqrt(-2 * ln(' ~ tail ~ '))' -%}
    {%- set near = '(' ~ tail ~ ' - 0.5)' -%}
    {%- set square = 'pow(' ~ near ~ ', 2)' -%}
    case
        when {{ tail }} < 0.02425 then -{{ polynomial(far, [
            -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
            2.938163982698783
        ]) }} / {{ polynomial(far, [
            7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1
        ]) }}
        else -{{ near }} * {{ polynomial(square, [
            -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.383577518672690e2, -3.066479806614716e1,
            2.506628277459239
        ]) }} / {{ polynomial(square, [
            -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1
        ]) }}
    end
{%- endmacro %}
