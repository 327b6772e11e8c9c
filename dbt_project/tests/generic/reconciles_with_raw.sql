{% test reconciles_with_raw(model, raw, entity, outcomes, measure='0', raw_measure='0') %}
    -- Every raw row is either staged or excluded by name, and what is excluded accounts for what is missing.
    with judged as (
        select * from {{ outcomes }}
        where entity = '{{ entity }}'
    ),

    counted as (
        select
            (select count(*) from {{ raw }}) as raw_rows,
            (select count(*) from {{ model }}) as staged_rows,
            (select coalesce(sum(row_count), 0) from judged) as judged_rows,
            (select coalesce(sum(row_count), 0) from judged where outcome = 'current') as current_rows,
            (select coalesce(sum({{ raw_measure }}), 0) from {{ raw }}) as raw_total,
            (select coalesce(sum({{ measure }}), 0) from {{ model }}) as staged_total,
            (select coalesce(sum(measure_total), 0) from judged where outcome <> 'current') as excluded_total
    )

    select * from counted
    where
        raw_rows <> judged_rows
        or staged_rows <> current_rows
        or raw_total <> staged_total + excluded_total
{% endtest %}
