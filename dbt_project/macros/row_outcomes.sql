{#-
Every raw row of an entity with what becomes of it, in column `_outcome`, and its batch's scope in `_scope`
(arguments: see current_rows):

replaced_period  a newer `replace_period` export of the same source, account and scope covers the row's day
not_in_newest    a newer `full` export of the same source, account and scope exists: what it lacks is gone
older_version    a newer row with the same key exists (export time, then batch id, then row number); where a number in
                 `breakdown` keeps lines of one name apart, a newer export of that name, however many lines it has
<reason>         excluded by the model, with the reason it gives
current          counts

Newer means a later export time; loading time plays no part, so the order of arrival does not matter. Parts of one
export (same time) never replace each other. Restatement is looked up per batch, so that platforms may differ.
Period totals (date_column is a pair) are replaced by a newer export of exactly the same period: a year's
total says nothing about which months exist.
-#}
{% macro row_outcomes(relation, key, date_column=none, exclude={}, entity=none, per_account=true) -%}
    {#- A unit test hands in a fixture named after the source table, `__dbt__cte__...__<entity>`. -#}
    {%- set entity = entity or relation.identifier.split('__') | last -%}
    {%- set is_numbered = date_column and 'breakdown' in key -%}
    with {{ restating_exports(relation, entity, date_column) }}

    newest_full as (
        select batch_source, batch_account, batch_scope, max(batch_at) as batch_at
        from entity_batches
        where batch_rule = 'full'
        group by all
    ),

    {% if date_column -%}
    {%- set is_period = date_column is not string -%}
    {%- set first_day = date_column[0] if is_period else date_column -%}
    {%- set last_day = date_column[1] if is_period else date_column -%}
    replaced_days as (
        select distinct days.batch_id, days.first_day, days.last_day
        from batch_days as days
        inner join entity_batches as own on days.batch_id = own.batch_id
        inner join replacing_spans as newer
            on own.batch_source = newer.batch_source
            and own.batch_account = newer.batch_account
            and own.batch_scope = newer.batch_scope
            and own.batch_at < newer.batch_at
            {%- if is_period %}
            and days.first_day = newer.first_day
            and days.last_day = newer.last_day
            {%- else %}
            and days.first_day between newer.first_day and newer.last_day
            {%- endif %}
    ),

    {% endif -%}
    restated as (
        select
            data.*,
            own.given_scope as _scope,
            own.first_ordinal + data._row_number as _ordinal,
            case
                when newest_full.batch_at > own.batch_at then 'not_in_newest'
                {%- if date_column %}
                when replaced_days.batch_id is not null then 'replaced_period'
                {%- endif %}
                else 'current'
            end as _restated
        from {{ relation }} as data
        inner join entity_batches as own on data._batch_id = own.batch_id
        left join newest_full
            on own.batch_source = newest_full.batch_source
            and own.batch_account = newest_full.batch_account
            and own.batch_scope = newest_full.batch_scope
        {%- if date_column %}
        left join replaced_days
            on data._batch_id = replaced_days.batch_id
            and data.{{ first_day }} = replaced_days.first_day
            and data.{{ last_day }} = replaced_days.last_day
        {%- endif %}
    ),

    -- Aggregated, not numbered by a window: a window would carry every column of every version along.
    {{ 'newest_lines' if is_numbered else 'newest' }} as (
        select source{{ ', account_id' if per_account }}{% for part in key %}, {{ part }} as _key_{{ loop.index }}{% endfor %}, max(_ordinal) as _ordinal
        from restated
        where _restated = 'current'
        group by all
    ){{ ',' if is_numbered }}
    {%- if is_numbered %}
    {%- set same_name = [] -%}
    {%- for part in key -%}
        {%- set column = '_key_' ~ loop.index -%}
        {%- do same_name.append(unnumbered(column) if part == 'breakdown' else column) -%}
    {%- endfor %}

    numbered_days as (
        select distinct source, account_id, {{ first_day }} as first_day
        from restated
        where breakdown like '%row=%'
    ),

    -- Lines of one name are numbered anew by every export: the newest one counts with all its lines.
    numbered_names as (
        select
            lines.source, lines.account_id{% for part in same_name %}, {{ part }} as _name_{{ loop.index }}{% endfor %},
            max(lines._ordinal // 1099511627776) as _batch_place
        from newest_lines as lines
        inner join numbered_days
            on lines.source = numbered_days.source
            and lines.account_id = numbered_days.account_id
            and lines._key_{{ key.index(first_day) + 1 }} = numbered_days.first_day
        group by all
    ),

    newest as (
        select lines.*
        from newest_lines as lines
        left join numbered_names as names
            on lines.source = names.source
            and lines.account_id = names.account_id
            {%- for part in same_name %}
            and {{ part }} is not distinct from names._name_{{ loop.index }}
            {%- endfor %}
        where names._batch_place is null or names._batch_place = lines._ordinal // 1099511627776
    )
    {%- endif %}

    -- The key again beside the number, because one source row can be several rows of an entity.
    select
        restated.* exclude (_restated, _ordinal),
        case
            when restated._restated <> 'current' then restated._restated
            when newest._ordinal is null then 'older_version'
            {%- for reason, condition in exclude.items() %}
            when {{ condition }} then '{{ reason }}'
            {%- endfor %}
            else 'current'
        end as _outcome
    from restated
    left join newest
        on restated._ordinal = newest._ordinal
        and restated.source = newest.source
        {%- if per_account %}
        and restated.account_id = newest.account_id
        {%- endif %}
        {%- for part in key %}
        and {{ part }} is not distinct from newest._key_{{ loop.index }}
        {%- endfor %}
{%- endmacro %}
