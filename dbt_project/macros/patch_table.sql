{#-
Patching a table: only the rows of the keys that a change touches are built and compared, and only those that came out
different are written (DECISIONS D-06). A model says so in its config:

    meta={'key': 'person_id', 'patch': {
        'inputs': {
            'int_person_link': none,
            'int_lead_creation': 'select person_id from {int_person_link} where record_id in {changes}'},
        'restrict': [['int_person_link', 'person_id in {keys}']],
        'day': 'select person_id from {int_person_stage_event} where entered_on > {from} and entered_on <= {to}'}}

key       column whose rows stand or fall together
told_by   column by which changes are told to the readers of the table; the key, if it is not named
inputs    model it reads -> SQL that gives the keys touched by {changes}, the keys of that model whose rows changed, or
          of a raw entity the batches that came; none: they are its keys, too. A change of what is not named here touches
          everything
restrict  pairs of a model it reads and which of its rows it needs for {keys}; later ones may ask temp.<earlier model>. What
          the SQL joins to such rows anyway need not be named. More rows than needed do no harm
day       SQL that gives the keys touched when the day of the build goes on from {from} to {to}; without it, everything

{this} is the table as it was, {<model>} one it reads as it is. With `key` alone, or if a change touches everything, the
whole SQL is run and compared, so that readers still learn which keys changed. First builds, other SQL and
`--full-refresh` write the table anew.
-#}

{#- How to patch the table, or none: {'since': {input: [id, number of its first change to look at]}, 'is_whole'}. -#}
{% macro patch_plan(state) -%}
    {%- set meta = config.get('meta') or {} -%}
    {%- if 'key' not in meta or flags.FULL_REFRESH or not state.is_same_code -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set patch = meta.get('patch') -%}
    {%- set since = {} -%}
    {%- set is_another_day = state.is_dated and state.built_on != state.day -%}
    {%- if not patch or (is_another_day and ('day' not in patch or state.built_on > state.day)) -%}
        {{ return({'since': since, 'is_whole': true}) }}
    {%- endif -%}
    {%- for id, is_same, number in inputs_seen(state) if not is_same -%}
        {%- set name = id.split('.') | last -%}
        {%- if name not in patch.inputs or number is none -%}
            {{ return({'since': since, 'is_whole': true}) }}
        {%- endif -%}
        {%- do since.update({name: [id, number]}) -%}
    {%- endfor -%}
    {{ return({'since': since, 'is_whole': false}) }}
{%- endmacro %}

{#- SQL of a config with its {names} put in. -#}
{% macro patch_sql(text, changes='', state=none) -%}
    {%- set told = {'{changes}': changes, '{keys}': '(select key from temp.patch_keys)', '{this}': this | string} -%}
    {%- if state -%}
        {%- do told.update({'{from}': "date '" ~ state.built_on ~ "'", '{to}': "date '" ~ state.day ~ "'"}) -%}
    {%- endif -%}
    {%- for id in model.depends_on.nodes -%}
        {%- set node = graph.nodes[id] if id in graph.nodes else graph.sources[id] -%}
        {%- do told.update({'{' ~ node.name ~ '}': node.relation_name}) -%}
    {%- endfor -%}
    {%- set ns = namespace(text=text) -%}
    {%- for name, meant in told.items() -%}
        {%- set ns.text = ns.text | replace(name, meant) -%}
    {%- endfor -%}
    {{ return(ns.text) }}
{%- endmacro %}

{#- Statements that put the keys which the changes since the last build touch into temp.patch_keys. -#}
{% macro touched_keys(plan, state) -%}
    {%- set patch = config.get('meta').patch -%}
    create or replace temp table patch_keys as
    select distinct key
    from (
        select cast(null as varchar) as key
        {%- for name, seen in plan.since.items() %}
        {%- set changes = "(select unnest(keys) from build_state.changes where id = '" ~ seen[0]
                          ~ "' and number >= " ~ seen[1] ~ ")" %}
        union all
        {{ patch_sql(patch.inputs[name] or 'from ' ~ changes, changes) }}
        {%- endfor %}
        {%- if state.is_dated and state.built_on != state.day %}
        union all
        {{ patch_sql(patch.day, state=state) }}
        {%- endif %}
    ) as touched (key)
    where key is not null;
    {%- for name, condition in patch.restrict %}
    create or replace temp table {{ name }} as from {{ patch_sql('{' ~ name ~ '}') }} where {{ patch_sql(condition) }};
    {%- endfor %}
{%- endmacro %}

{#- SQL of the model over those rows of its inputs that the keys need. -#}
{% macro restricted_sql() -%}
    {%- set ns = namespace(sql=compiled_code) -%}
    {%- for name, _ in config.get('meta').patch.restrict -%}
        {%- set ns.sql = ns.sql | replace(patch_sql('{' ~ name ~ '}'), 'temp.' ~ name) -%}
    {%- endfor -%}
    {{ return(ns.sql) }}
{%- endmacro %}

{#-
Build the rows the change touches and put those that differ in place of the older ones. Keys whose rows changed are told
to the readers in build_state.changes.
-#}
{% macro patch_table(plan, state, target) -%}
    {%- set key = config.get('meta').key -%}
    {%- set told_by = config.get('meta').get('told_by') or key -%}
    {%- set touched = '' if plan.is_whole else 'where ' ~ key ~ ' in (select key from temp.patch_keys)' -%}
    {%- set sql = compiled_code if plan.is_whole else restricted_sql() -%}
    {%- call statement('fresh') -%}
        {{ touched_keys(plan, state) if not plan.is_whole }}
        create or replace temp table patch_fresh as from {{ target }} limit 0;
        insert into temp.patch_fresh by name select * from ({{ sql }}) as built {{ touched }};
        create or replace temp table patch_changed as
        with old_keys as (
            select {{ key }} as key, count(*) as rows, sum(row_hash) as hashes, bit_xor(row_hash) as mixed
            from (select {{ key }}, hash(*columns(*)) as row_hash from {{ target }} {{ touched }}) as hashed
            group by all
        ),

        new_keys as (
            select {{ key }} as key, count(*) as rows, sum(row_hash) as hashes, bit_xor(row_hash) as mixed
            from (select {{ key }}, hash(*columns(*)) as row_hash from temp.patch_fresh) as hashed
            group by all
        )

        select
            coalesce(old_keys.key, new_keys.key) as key,
            coalesce(new_keys.rows, 0)::hugeint - coalesce(old_keys.rows, 0) as rows,
            coalesce(new_keys.hashes, 0)::hugeint - coalesce(old_keys.hashes, 0) as hashes,
            xor(coalesce(new_keys.mixed, 0)::ubigint, coalesce(old_keys.mixed, 0)::ubigint) as mixed
        from old_keys
        full join new_keys on old_keys.key is not distinct from new_keys.key
        where
            (old_keys.rows, old_keys.hashes, old_keys.mixed) is distinct from (new_keys.rows, new_keys.hashes, new_keys.mixed);
        create or replace temp table patch_told as
        {%- if told_by == key %}
        select key from temp.patch_changed
        {%- else %}
        select {{ told_by }} as key from {{ target }} semi join temp.patch_changed on {{ key }} is not distinct from key
        union
        select {{ told_by }} from temp.patch_fresh semi join temp.patch_changed on {{ key }} is not distinct from key
        {%- endif %}
    {%- endcall -%}
    {%- set changed = run_query('select count(*), (select count(*) from temp.patch_fresh) from temp.patch_changed').rows[0] -%}
    {%- set is_rewritten = plan.is_whole and changed[0] * 2 > changed[1] -%}
    {%- if is_rewritten -%}
        {%- call statement('main') -%}
            drop table {{ target }};
            {{ create_table_as(False, target, 'from temp.patch_fresh') }}
        {%- endcall -%}
        {{ remember_built(state, target) }}
    {%- else -%}
        {%- call statement('main') -%}
            {%- if changed[0] %}
            delete from {{ target }} as standing using temp.patch_changed as changed
            where standing.{{ key }} is not distinct from changed.key;
            insert into {{ target }}
            from temp.patch_fresh semi join temp.patch_changed on {{ key }} is not distinct from key
            {%- else %}
            select 'the same rows'
            {%- endif %}
        {%- endcall -%}
        {{ remember_patched(state, target, plan) }}
    {%- endif -%}
    {%- set made = ['patch_keys', 'patch_fresh', 'patch_changed', 'patch_told'] -%}
    {%- for name, _ in (config.get('meta').get('patch') or {'restrict': []}).restrict -%}
        {%- do made.append(name) -%}
    {%- endfor -%}
    {%- call statement('tidy') -%}
        {%- for name in made %}
        drop table if exists temp.{{ name }};
        {%- endfor %}
    {%- endcall -%}
{%- endmacro %}
