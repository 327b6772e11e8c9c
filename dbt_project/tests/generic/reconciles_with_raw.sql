-- noqa: disable=LT02
{% test reconciles_with_raw(model, entities) %}
    -- Every raw row is either staged or excluded by name, and what is excluded accounts for what is missing.
    {{ config(fail_calc='coalesce(sum(rows_found), 0)') }}
    {%- set queries = [] %}
    {%- set shows = 'raw_rows staged_rows judged_rows current_rows raw_total staged_total excluded_total' %}
    {%- for entity, one in entities.items() %}
        {%- set measure, raw_measure = one.get('measure', '0'), one.get('raw_measure', one.get('measure', '0')) %}
        {%- set unaccounted -%}
            select *
            from (
                select
                    (select count(*) from {{ one.raw }}) as raw_rows,
                    (select count(*) from {{ one.staged }}) as staged_rows,
                    (select coalesce(sum({{ raw_measure }}), 0) from {{ one.raw }}) as raw_total,
                    (select coalesce(sum({{ measure }}), 0) from {{ one.staged }}) as staged_total,
                    coalesce(sum(row_count), 0) as judged_rows,
                    coalesce(sum(row_count) filter (where outcome = 'current'), 0) as current_rows,
                    coalesce(sum(measure_total) filter (where outcome <> 'current'), 0) as excluded_total
                from {{ model }}
                where entity = '{{ entity }}'
            ) as counted
            where
                raw_rows <> judged_rows
                or staged_rows <> current_rows
                or raw_total <> staged_total + excluded_total
        {%- endset %}
        {%- set problem = entity ~ ': raw rows are neither staged nor excluded by name' %}
        {%- do queries.append(failing_rows(problem, shows, unaccounted)) %}
    {%- endfor %}
    {{ with_examples(queries | join(' union all ')) }}
{% endtest %}
