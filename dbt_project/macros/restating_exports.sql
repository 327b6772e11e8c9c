{#-
CTEs for macros that decide which rows an export restates (row_outcomes at the end, row_versions over time), each with
a comma behind it:

entity_batches   batches that hold rows of the entity, in the order of their exports
batch_days       days of each batch; only with date_column
replacing_spans  days that a `replace_period` export replaces: its period, or, of period totals, exactly its own periods
-#}
{% macro restating_exports(relation, entity, date_column=none) -%}
    {%- set is_period = date_column is not none and date_column is not string -%}
    {%- set first_day = date_column[0] if is_period else date_column -%}
    {%- set last_day = date_column[1] if is_period else date_column -%}
    entity_batches as (
        select
            -- Names of their own: entities have a scope and a period, too.
            batch_id, source as batch_source, account_id as batch_account, coalesce(scope, '') as batch_scope,
            scope as given_scope,
            restatement as batch_rule, exported_at as batch_at, period_start as batch_first, period_end as batch_last,
            -- Newer batch, greater number; with the row's number below 2^40 added, newer row, greater number.
            row_number() over (order by exported_at, batch_id) * 1099511627776 as first_ordinal
        from {{ source('raw', '_batches') }}
        where list_contains(string_split(entities, ','), '{{ entity }}')
    ),
    {%- if date_column %}

    -- Days of batches, not rows: a batch has few days and many rows.
    batch_days as (
        select distinct _batch_id as batch_id, {{ first_day }} as first_day, {{ last_day }} as last_day
        from {{ relation }}
    ),

    replacing_spans as (
        select batch_source, batch_account, batch_scope, batch_at, batch_first as first_day, batch_last as last_day
        from entity_batches
        where batch_rule = 'replace_period'
        {%- if is_period %}
        union
        select own.batch_source, own.batch_account, own.batch_scope, own.batch_at, days.first_day, days.last_day
        from batch_days as days
        inner join entity_batches as own on days.batch_id = own.batch_id
        where own.batch_rule = 'replace_period'
        {%- endif %}
    ),
    {%- endif %}
{%- endmacro %}
