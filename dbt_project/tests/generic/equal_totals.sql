{% test equal_totals(model, totals) %}
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- set queries = [] %}
    {%- for name, one in totals.items() %}
        {%- set group_by = one.get('group_by', []) %}
        {%- set groups = (group_by | join(', ') ~ ',') if group_by else '' %}
        {%- set compare_expression = one.get('compare_expression', one.expression) %}
        {%- set differing -%}
            select *
            from (
                select {{ groups }} ours.total as total, theirs.total as compare_total
                from (
                    select {{ groups }} {{ one.expression }} as total
                    from {{ model }}
                    where {{ one.get('where', 'true') }} {{ 'group by all' if group_by }}
                ) as ours
                {{ 'full outer' if group_by else 'cross' }} join (
                    select {{ groups }} {{ compare_expression }} as total
                    from {{ one.compare_model }}
                    where {{ one.get('compare_where', 'true') }} {{ 'group by all' if group_by }}
                ) as theirs {{ 'using (' ~ group_by | join(', ') ~ ')' if group_by }}
            ) as compared
            where abs(coalesce(total, 0) - coalesce(compare_total, 0)) > {{ one.get('tolerance', 0) }}
        {%- endset %}
        {%- set theirs = compare_expression ~ ' of ' ~ relation_name(one.compare_model) %}
        {%- set problem = name ~ ': ' ~ one.expression ~ ' is not ' ~ theirs %}
        {%- do queries.append(failing_rows(problem, groups ~ ' total compare_total', differing)) %}
    {%- endfor %}
    {{ with_examples(queries | join(' union all ')) }}
{% endtest %}
