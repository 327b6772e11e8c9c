{% test equal_totals(model, expression, compare_model, compare_expression=none, group_by=[], tolerance=0,
                     where='true', compare_where='true') %}
    {%- set groups = (group_by | join(', ') ~ ',') if group_by else '' %}
    with ours as (
        select {{ groups }} {{ expression }} as total from {{ model }} where {{ where }} {{ 'group by all' if group_by }}
    ),

    theirs as (
        select {{ groups }} {{ compare_expression or expression }} as total
        from {{ compare_model }} where {{ compare_where }} {{ 'group by all' if group_by }}
    )

    select {{ groups }} ours.total as total, theirs.total as compare_total
    from ours
    {% if group_by -%}
    full outer join theirs using ({{ group_by | join(', ') }})
    {%- else -%}
    cross join theirs
    {%- endif %}
    where abs(coalesce(ours.total, 0) - coalesce(theirs.total, 0)) > {{ tolerance }}
{% endtest %}
