{#-
Goals with what becomes of them, in column `_outcome`: row_outcomes, then over all files of goals the newest row of each
version (else `older_version`), then whether it says anything that can be measured (else `goal_incomplete`). In this
order, so that a goal that was emptied does not come back as an older file had it.
-#}
{% macro judged_goals() -%}
    select
        ranked.* exclude (_standing, _place),
        case
            when _standing <> 'current' then _standing
            when _place > 1 then 'older_version'
            when
                goal_id is null
                or nullif(trim(metric), '') is null
                or target_value is null
                or start_date is null
                or end_date is null
                or end_date < start_date
                then 'goal_incomplete'
            else 'current'
        end as _outcome
    from (
        select
            judged.* exclude (_outcome),
            judged._outcome as _standing,
            row_number() over (
                partition by judged._outcome, judged.goal_id, coalesce(judged.goal_version, 1)
                order by judged._exported_at desc, judged._batch_id desc, judged._row_number desc
            ) as _place
        from ({{ row_outcomes(source('raw', 'goals'), **entity_rules('goals')) }}) as judged
    ) as ranked
{%- endmacro %}
