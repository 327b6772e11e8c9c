-- noqa: disable=LT02
{% test holds(model, conditions) %}
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {{ with_examples(failing_checks(model, condition_checks(conditions))) }}
{% endtest %}
