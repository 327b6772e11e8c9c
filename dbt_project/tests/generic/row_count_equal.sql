{% test row_count_equal(model, compare_model, where='true', compare_where='true') %}
    select *
    from
        (select count(*) as rows_found from {{ model }} where {{ where }}) as ours
        cross join (select count(*) as rows_expected from {{ compare_model }} where {{ compare_where }}) as theirs
    where rows_found <> rows_expected
{% endtest %}
