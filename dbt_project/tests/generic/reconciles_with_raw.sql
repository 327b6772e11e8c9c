{% test reconciles_with_raw(model, raw, entity, outcomes, measure=none, raw_measure=none) %}
    -- Every raw row is either staged or excluded by name, and what is excluded accounts for what is missing.
    with counted as (
        select
            (select count(*) from {{ raw }}) as raw_rows,
            (select count(*) from {{ model }}) as staged_rows,
            coalesce((select sum(row_count) from {{ outcomes }} where entity = '{{ entity }}'), 0) as judged_rows,
            coalesce((
                select sum(row_count) from {{ outcomes }} where entity = '{{ entity }}' and outcome = 'current'
            ), 0) as current_rows
            {%- if measure %},
            coalesce((select sum({{ raw_measure }}) from {{ raw }}), 0) as raw_total,
            coalesce((select sum({{ measure }}) from {{ model }}), 0) as staged_total,
            coalesce((
                select sum(measure_total) from {{ outcomes }} where entity = '{{ entity }}' and outcome <> 'current'
            ), 0) as excluded_total
            {%- endif %}
    )

    select * from counted
    where raw_rows <> judged_rows or staged_rows <> current_rows
    {%- if measure %} or raw_total <> staged_total + excluded_total {%- endif %}
{% endtest %}
