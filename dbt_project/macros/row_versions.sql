{#-
Every version of every row of a raw entity: what each export made of it, and from which export to which it stood.
The same rules as row_outcomes and one_scope, over time instead of at the end; a test holds the open versions to the
rows that count now. Columns of the entity, and:

_row_key         hash of the thing (`thing`, default source, account and key): versions of one thing share it
_reported_from   export time (UTC) from which the row stood
_reported_until  export time from which it did not; NULL while it does. Half-open, never empty, never overlapping
_version         1 for the first version of the thing
_ended_by        what ended it: changed, missing (the export that should hold it does not), or a reason of `exclude`

Only what changed is a version: the same content exported again, by whatever file, goes on. Time is the time of export;
loading plays no part. Two exports of the same second: the greater batch id stands, the other never did.

thing       columns that identify a thing over all accounts, where accounts restate each other; the newest row decides
exclude     reason -> SQL condition on a row: while such a row is the newest, the thing is not there
content     columns whose change makes a version; none = all of them
cut         arguments of one_scope (scope_rules), where an entity has them
relation    the rows, where they are not those of the raw table as they stand
-#}
{% macro row_versions(entity, key, date_column=none, exclude={}, thing=none, content=none, cut=none, relation=none) -%}
    {%- set relation = relation or source('raw', entity) -%}
    {%- set is_period = date_column is not none and date_column is not string -%}
    {%- set first_day = date_column[0] if is_period else date_column -%}
    {%- set last_day = date_column[1] if is_period else date_column -%}
    {%- set parts = thing or (['source', 'account_id'] + key) -%}
    {%- set row_key -%}
        md5(concat_ws('|', {% for part in parts %}coalesce('=' || replace(cast({{ part }} as varchar), '|', '||'), '-'){{ ', ' if not loop.last }}{% endfor %}))
    {%- endset -%}
    {%- set is_numbered = 'breakdown' in parts -%}
    {%- set thing_key = '_name_key' if is_numbered else '_row_key' -%}
    {%- set name_key -%}
        md5(concat_ws('|', {% for part in parts %}{% set part = unnumbered() if part == 'breakdown' else part %}coalesce('=' || replace(cast({{ part }} as varchar), '|', '||'), '-'){{ ', ' if not loop.last }}{% endfor %}))
    {%- endset -%}
    {%- set lineage = ['_batch_id', '_row_number', '_exported_at', '_loaded_at', 'extra', 'source', 'account_id'] -%}
    with {{ restating_exports(relation, entity, date_column) }}

    full_ends as (
        select own.batch_id, min(newer.batch_at) as ended_at
        from entity_batches as own
        inner join entity_batches as newer
            on own.batch_source = newer.batch_source
            and own.batch_account = newer.batch_account
            and own.batch_scope = newer.batch_scope
            and own.batch_at < newer.batch_at
        where newer.batch_rule = 'full'
        group by own.batch_id
    ),

    {% if date_column -%}
    day_ends as (
        select days.batch_id, days.first_day, days.last_day, min(newer.batch_at) as ended_at
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
        group by days.batch_id, days.first_day, days.last_day
    ),

    {% endif -%}
    {% if cut -%}
    batch_facts as (
        select _batch_id as batch_id, {{ cut['batch_fact'] }} as batch_fact
        from {{ relation }}
        group by _batch_id
    ),

    {% endif -%}
    -- Narrow on purpose: no window below carries the columns of the entity along.
    row_lives as (
        select
            data._batch_id,
            data._row_number,
            {{ row_key }} as _row_key,
            {%- if is_numbered %}
            -- Lines of one name are numbered anew by every export: the newest one counts with all its lines.
            {{ name_key }} as _name_key,
            {%- endif %}
            own.first_ordinal as _batch_place,
            concat_ws('|', own.batch_source, own.batch_account, own.batch_scope) as _stream,
            own.first_ordinal + data._row_number as _ordinal,
            own.batch_at as _from,
            least(
                coalesce(full_ends.ended_at, timestamp '9999-12-31'),
                {% if date_column %}coalesce(day_ends.ended_at, timestamp '9999-12-31'){% else %}timestamp '9999-12-31'{% endif %}
            ) as _until,
            {% if content -%}
            hash({{ content | join(', ') }}) as _content,
            {%- else -%}
            hash(*columns(data.* exclude ({{ lineage | join(', ') }}))) as _content,
            {%- endif %}
            {% if exclude -%}
            case {% for reason, condition in exclude.items() %}when {{ condition }} then '{{ reason }}' {% endfor %}end as _excluded
            {%- else -%}
            cast(null as varchar) as _excluded
            {%- endif %}
            {%- if cut %},
            md5(concat_ws('|', source, account_id, {{ first_day }}, {{ last_day }})) as _unit,
            own.batch_scope || ' ' || {{ cut['cut'] }} || ' ' || batch_facts.batch_fact as _cut
            {%- endif %}
        from {{ relation }} as data
        inner join entity_batches as own on data._batch_id = own.batch_id
        left join full_ends on own.batch_id = full_ends.batch_id
        {%- if date_column %}
        left join day_ends
            on data._batch_id = day_ends.batch_id
            and data.{{ first_day }} = day_ends.first_day
            and data.{{ last_day }} = day_ends.last_day
        {%- endif %}
        {%- if cut %}
        left join batch_facts on data._batch_id = batch_facts.batch_id
        {%- endif %}
    ),

    -- Inside one stream of exports the next row of the same thing takes over.
    stream_lives as (
        select
            * exclude (_until),
            least(
                _until,
                lead(_from, 1, timestamp '9999-12-31') over (partition by _row_key, _stream order by _ordinal)
                {%- if is_numbered %},
                coalesce(min(_from) over (
                    partition by _name_key, _stream order by _batch_place
                    range between 1 following and unbounded following
                ), timestamp '9999-12-31')
                {%- endif %}
            ) as _until
        from row_lives
    ),

    lives as (
        select
            *,
            min(_stream) over names <> max(_stream) over names as _is_contested
        from stream_lives
        where _from < _until
        window names as (partition by {{ thing_key }})
    ),

    -- Where several streams report one record, the newest valid row counts at every instant.
    instants as (
        select {{ thing_key }}, _from as _at from lives where _is_contested
        union
        select {{ thing_key }}, _until from lives where _is_contested
    ),

    segments as (
        select {{ thing_key }}, _at, lead(_at) over (partition by {{ thing_key }} order by _at) as _next
        from instants
    ),

    settled as (
        select * exclude (_is_contested) from lives where not _is_contested
        union all by name
        select lives.* exclude (_is_contested) replace (segments._at as _from, segments._next as _until)
        from segments
        inner join lives
            on segments.{{ thing_key }} = lives.{{ thing_key }}
            and lives._from <= segments._at and segments._next <= lives._until
        qualify
            {%- if is_numbered %}
            lives._batch_place = max(lives._batch_place) over (partition by segments._name_key, segments._at) and
            {%- endif %}
            row_number() over (partition by lives._row_key, segments._at order by lives._ordinal desc) = 1
    ),

    {% if cut -%}
    -- Where a day was cut in several ways, one cut of each part counts at a time, decided anew at every change.
    several_cuts as (
        select _unit
        from settled
        where _excluded is null
        group by _unit
        having min(_cut) <> max(_cut)
    ),

    unit_instants as (
        select _unit, _from as _at from settled where _unit in (from several_cuts)
        union
        select _unit, _until from settled where _unit in (from several_cuts)
    ),

    unit_segments as (
        select _unit, _at, lead(_at) over (partition by _unit order by _at) as _next
        from unit_instants
    ),

    {% set part_id, part_name = cut['part_id'], cut['part_name'] -%}
    -- What stands at each of those times, with what says which part of the day it is.
    standing as (
        select
            unit_segments._unit,
            unit_segments._at,
            unit_segments._next,
            settled._row_key,
            settled._from,
            settled._cut,
            settled._batch_id,
            settled._row_number,
            data._owner,
            data._part_id,
            data._part_name
        from unit_segments
        inner join settled
            on unit_segments._unit = settled._unit
            and settled._from <= unit_segments._at and unit_segments._next <= settled._until
        inner join (
            select distinct
                _batch_id,
                _row_number,
                md5(concat_ws('|', source, account_id)) as _owner,
                {{ part_id }} as _part_id,
                {{ part_name }} as _part_name
            from {{ relation }}
        ) as data
            on settled._batch_id = data._batch_id and settled._row_number = data._row_number
        where settled._excluded is null
    ),

    parts as (
        select distinct
            _unit, _at, _owner, _part_id, case when _part_id is null then _part_name end as _part_name
        from standing
    ),

    names_of_ids as (
        select
            md5(concat_ws('|', data.source, data.account_id)) as _owner,
            {{ part_id }} as _part_id,
            {{ part_name }} as _part_name,
            min(own.batch_at) as known_from
        from {{ relation }} as data
        inner join entity_batches as own on data._batch_id = own.batch_id
        where {{ part_id }} is not null and {{ part_name }} is not null
        group by all
    ),

    {{ part_labels('parts', 'names_of_ids', ['_unit', '_at'], ['_owner'], 'names_of_ids.known_from <= ids._at') }}

    labelled as (
        select standing.*, {{ part_label('standing') }} as _label
        from standing
        left join id_labels
            on standing._unit = id_labels._unit
            and standing._at = id_labels._at
            and standing._part_id = id_labels._part_id
        left join name_labels
            on standing._unit = name_labels._unit
            and standing._at = name_labels._at
            and case when standing._part_id is null then standing._part_name end = name_labels._part_name
    ),

    ranked_cuts as (
        select labelled._unit, labelled._at, labelled._label, labelled._cut, data.*
        from labelled
        inner join {{ relation }} as data
            on labelled._batch_id = data._batch_id and labelled._row_number = data._row_number
    ),

    chosen_cuts as (
        select _unit, _at, _label, _cut
        from ranked_cuts
        where _label <> ''
        group by _unit, _at, _label, _cut
        qualify row_number() over (
            partition by _unit, _at, _label
            order by {% for expression in cut['preference'] %}{{ expression }} desc, {% endfor %}_cut
        ) = 1
        union all
        select _unit, _at, '' as _label, _cut
        from ranked_cuts
        group by _unit, _at, _cut
        qualify row_number() over (
            partition by _unit, _at
            order by
                max(case when _label <> '' then 1 else 0 end) desc,
                {% for expression in cut['preference'] %}{{ expression }} desc, {% endfor %}_cut
        ) = 1
    ),

    pieces as (
        select * exclude (_unit, _cut) from settled where _unit is null or _unit not in (from several_cuts)
        union all by name
        select
            settled.* exclude (_unit, _cut)
            replace (labelled._at as _from, labelled._next as _until)
        from settled
        inner join labelled
            on settled._unit = labelled._unit
            and settled._row_key = labelled._row_key
            and settled._from = labelled._from
        inner join chosen_cuts
            on labelled._unit = chosen_cuts._unit
            and labelled._at = chosen_cuts._at
            and labelled._label = chosen_cuts._label
            and labelled._cut = chosen_cuts._cut
    ),
    {%- else -%}
    pieces as (
        select * from settled
    ),
    {%- endif %}

    compared as (
        select
            *,
            _from = lag(_until) over pieces_of_thing
            and _content = lag(_content) over pieces_of_thing
            and (_excluded is not distinct from lag(_excluded) over pieces_of_thing) as _goes_on
        from pieces
        window pieces_of_thing as (partition by _row_key order by _from)
    ),

    numbered as (
        select
            *,
            count(*) filter (where not coalesce(_goes_on, false)) over (
                partition by _row_key order by _from rows between unbounded preceding and current row
            ) as _run
        from compared
    ),

    runs as (
        select
            _row_key,
            _run,
            min(_from) as _reported_from,
            max(_until) as _ended_at,
            max_by(_batch_id, _from) as _batch_id,
            max_by(_row_number, _from) as _row_number,
            any_value(_excluded) as _excluded
        from numbered
        group by _row_key, _run
    ),

    followed as (
        select
            *,
            case
                when _ended_at = timestamp '9999-12-31' then null
                when lead(_reported_from) over runs_of_thing = _ended_at
                    then coalesce(lead(_excluded) over runs_of_thing, 'changed')
                else 'missing'
            end as _ended_by
        from runs
        window runs_of_thing as (partition by _row_key order by _run)
    ),

    versions as (
        select
            * exclude (_run),
            row_number() over (partition by _row_key order by _run) as _version
        from followed
        where _excluded is null
    )

    select
        data.*,
        versions._row_key,
        versions._version,
        versions._reported_from,
        nullif(versions._ended_at, timestamp '9999-12-31') as _reported_until,
        versions._ended_by
    from versions
    inner join {{ relation }} as data
        on versions._batch_id = data._batch_id
        and versions._row_number = data._row_number
        and versions._row_key = {{ row_key }}
{%- endmacro %}
