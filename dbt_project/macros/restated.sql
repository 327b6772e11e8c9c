{#-
What later exports changed in a table of versions: rows per day, export and measure, with the difference they made and
the number of rows behind it. First reports are among them (`is_restatement` of mart_restatement marks them),
because the totals before and after are running sums of all differences.

relation  a table with version_column_names()
measures  name -> SQL; additive only
day       the day the rows are about; rows without one are left out
variant   SQL that names the measure, where rows and not columns are measures
-#}
{% macro restated(entity, relation, measures, day, dated_by, account='account_id', currency='currency', where='true',
                  variant=none, rows_measure='rows') -%}
    select
        '{{ entity }}' as entity,
        source,
        account_id,
        currency,
        period_day,
        '{{ dated_by }}' as dated_by,
        changed_at,
        {{ 'variant' if variant else 'measured.measure' }} as measure,
        variant,
        measured.difference as difference,
        measured.rows_touched as rows_touched,
        measured.rows_changed as rows_changed,
        rows_added,
        rows_removed,
        rows_deleted,
        rows_merged
    from (
        select
            *,
            unnest([
                {%- if not variant %}
                {
                    'measure': '{{ rows_measure }}',
                    'difference': cast(rows_added - rows_removed as decimal(38, 6)),
                    'rows_touched': rows_added + rows_removed,
                    'rows_changed': 0
                }{{ ',' if measures }}
                {%- endif %}
                {%- for measure in measures %}
                {
                    'measure': '{{ measure }}',
                    'difference': {{ measure }}_difference,
                    'rows_touched': {{ measure }}_rows,
                    'rows_changed': {{ measure }}_changed
                }{{ ',' if not loop.last }}
                {%- endfor %}
            ]) as measured
        from (
            select
                source,
                account_id,
                currency,
                period_day,
                changed_at,
                variant,
                count(*) filter (where has_new and not has_old) as rows_added,
                count(*) filter (where has_old and not has_new) as rows_removed,
                count(*) filter (where has_old and not has_new and ended_by = 'deleted') as rows_deleted,
                count(*) filter (where has_old and not has_new and ended_by = 'merged') as rows_merged
                {%- for measure in measures %},
                cast(sum(coalesce(new_{{ measure }}, 0) - coalesce(old_{{ measure }}, 0)) as decimal(38, 6))
                    as {{ measure }}_difference,
                count(*) filter (where has_new and has_old and new_{{ measure }} is distinct from old_{{ measure }})
                    as {{ measure }}_changed,
                count(*) filter (where new_{{ measure }} is distinct from old_{{ measure }}) as {{ measure }}_rows
                {%- endfor %}
            from (
                select
                    row_key,
                    source,
                    account_id,
                    currency,
                    period_day,
                    changed_at,
                    variant,
                    bool_or(is_new) as has_new,
                    bool_or(not is_new) as has_old,
                    max(ended_by) filter (where not is_new) as ended_by
                    {%- for measure in measures %},
                    max({{ measure }}) filter (where is_new) as new_{{ measure }},
                    max({{ measure }}) filter (where not is_new) as old_{{ measure }}
                    {%- endfor %}
                from (
                    {%- for is_new, instant in [('true', 'reported_from'), ('false', 'reported_until')] %}
                    select
                        row_key,
                        source,
                        {{ account }} as account_id,
                        {{ currency }} as currency,
                        {{ day }} as period_day,
                        {{ instant }} as changed_at,
                        {{ variant or "''" }} as variant,
                        {{ is_new }} as is_new,
                        ended_by
                        {%- for measure, expression in measures.items() %},
                        cast({{ expression }} as decimal(38, 6)) as {{ measure }}
                        {%- endfor %}
                    from {{ relation }}
                    where {{ instant }} is not null and {{ day }} is not null and {{ where }}
                    {{ 'union all' if not loop.last }}
                    {%- endfor %}
                ) as moves
                group by all
            ) as pairs
            group by source, account_id, currency, period_day, changed_at, variant
        ) as days
    ) as unnested
{%- endmacro %}
