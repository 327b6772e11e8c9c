{#-
What a model or test was built from, so that it is built again only if that changed (DECISIONS D-06). Table
build_state.nodes of the build file:

id       dbt's unique id; of a raw entity source.raw.<entity>
layer    schema of a model
code     hash of the compiled SQL, which holds the day of the build, the settings and the code of all macros
undated  the same without the day, and with the engine's version
reads    ids of what it reads
seen     their contents when it was built, in the same order
inputs   hash of code, engine version and the contents of what it read when it was built; NULL for a test that failed
content  hash of its rows, in any order, made of their number, the sum and the exclusive or of their hashes
rows, hashes, mixed  these three
built_on the day of the build
touched  keys that were built, if the table was patched (macro patch_table)
is_dated its SQL names the day of the build

Table build_state.changes: which keys of a model changed from one content (`before`) to the next, numbered; of a raw
entity the batches that came, if they only add rows and newer versions of records. There `reads` are the batches.

A model that gives the same rows as before leaves those who read it as they are. Contents of raw entities are written
when the raw layer is shown to the build file (transform/raw_views.py); transform/due.py asks the same table which
nodes dbt has to look at.
-#}

{#- Ids of all that a node reads, ephemeral models replaced by what they read. -#}
{% macro input_ids(node) -%}
    {%- set ids = [] -%}
    {%- for parent in node.depends_on.nodes -%}
        {%- if parent.startswith('source.') -%}
            {%- do ids.append('source.raw.' ~ parent.split('.')[-1]) -%}
        {%- elif graph.nodes[parent].config.materialized == 'ephemeral' -%}
            {%- do ids.extend(input_ids(graph.nodes[parent])) -%}
        {%- elif graph.nodes[parent].resource_type == 'seed' -%}
            {#- The file, its types and the file with the user's own rows, named by its content, say all. -#}
            {%- set own = fromjson(env_var('WAREHOUSE_OWN_PIPELINES', '{}')).get(graph.nodes[parent].name, '') -%}
            {%- do ids.append('seed ' ~ graph.nodes[parent].checksum.checksum ~ own.split('/')[-1]
                              ~ (graph.nodes[parent].config.column_types | tojson)) -%}
        {%- else -%}
            {%- do ids.append(parent) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(ids) }}
{%- endmacro %}

{#-
State of the node being built: code, reads, inputs, and is_unchanged: it was built from the same before. `text` is all of
the node's own that decides its rows. Batches count only as far as the text looks at them: those that speak of one entity
where it filters by it (row_outcomes, row_versions), else all.
-#}
{% macro build_state(text) -%}
    {%- set of_entity = modules.re.findall("list_contains\(string_split\(entities, ','\), '(\w+)'\)", text) -%}
    {%- set ids = [] -%}
    {%- for id in input_ids(model) if id != 'source.raw._batches' or text.count('_batches"') > of_entity | length -%}
        {%- do ids.append(id) -%}
    {%- endfor -%}
    {%- for entity in of_entity -%}
        {%- do ids.append('source.raw.' ~ entity) -%}
    {%- endfor -%}
    {%- set reads = ids | unique | sort | list -%}
    {%- set code = local_md5(text) -%}
    {%- set undated = local_md5(text | replace(data_as_of(), 'day of the build')) -%}
    {%- set asked -%}
        select
            now.inputs,
            coalesce(now.inputs = known.inputs, false) as is_unchanged,
            coalesce(md5('{{ undated }}' || version()) = known.undated, false) as is_same_code,
            known.built_on::varchar,
            {{ data_as_of() }}::varchar
        from (
            select {{ inputs_hash("'" ~ code ~ "'", reads | string ~ '::varchar[]') }} as inputs
        ) as now
        left join build_state.nodes as known on known.id = '{{ model.unique_id }}'
    {%- endset -%}
    {%- set found = run_query(asked).rows[0] -%}
    {{ return({
        'code': code,
        'undated': undated,
        'reads': reads,
        'inputs': found[0],
        'is_dated': data_as_of() in text,
        'is_unchanged': found[1] and not flags.FULL_REFRESH,
        'is_same_code': found[2],
        'built_on': found[3],
        'day': found[4]
    }) }}
{%- endmacro %}

{#- The formula of column `inputs`; transform/due.py has it, too. What nothing is known of is never as it was. -#}
{% macro inputs_hash(code, reads) -%}
    md5(concat_ws('|', {{ code }}, version(), (
        select
            string_agg(
                one.id || case when one.id like 'seed %' then '' else coalesce(parents.content, uuid()::varchar) end,
                '|' order by one.id
            )
        from (select unnest({{ reads }}) as id) as one
        left join build_state.nodes as parents on one.id = parents.id
    )))
{%- endmacro %}

{#-
What the node being built read, as rows of id, whether its content is what it was at the last build, and the number of its
first change since (none: it is not known what changed).
-#}
{% macro inputs_seen(state) -%}
    {%- set asked -%}
        select
            now.id,
            now.id like 'seed %' and before.id is not null or coalesce(before.seen = parents.content, false) as is_same,
            (
                select max(changes.number) from build_state.changes as changes
                where changes.id = now.id and changes.before = before.seen
            ) as number
        from (select unnest({{ state.reads | string }}::varchar[]) as id) as now
        left join (
            select unnest(reads) as id, unnest(seen) as seen from build_state.nodes where id = '{{ model.unique_id }}'
        ) as before on now.id = before.id
        left join build_state.nodes as parents on now.id = parents.id
        order by now.id
    {%- endset -%}
    {{ return(run_query(asked).rows) }}
{%- endmacro %}

{#-
Remember what the node being built was built from. `relation` is the table it made anew, or the view, whose content is what
it is made of; a test has none.
-#}
{% macro remember_built(state, relation=none, holds=true) -%}
    {%- call statement('remember') -%}
        {%- if relation and not relation.is_view %}
        delete from build_state.changes where id = '{{ model.unique_id }}';
        {{ remember_node(state, relation, "select count(*)::hugeint as rows, coalesce(sum(row_hash), 0)::hugeint as hashes, "
            ~ "coalesce(bit_xor(row_hash), 0)::ubigint as mixed from (select hash(*columns(*)) as row_hash from "
            ~ relation ~ ") as hashed", 'null') }}
        {%- else %}
        {{ remember_node(state, relation, 'select null::hugeint as rows, null::hugeint as hashes, null::ubigint as mixed',
                         'null', holds) }}
        {%- endif %}
    {%- endcall -%}
{%- endmacro %}

{#- Remember a patched table and tell its readers the keys whose rows changed. -#}
{% macro remember_patched(state, relation, plan) -%}
    {%- set touched = 'null' if plan.is_whole else '(select count(*) from temp.patch_keys)' -%}
    {%- call statement('remember') -%}
        create or replace temp table patch_before as
        select content from build_state.nodes where id = '{{ model.unique_id }}';
        {{ remember_node(
            state, relation,
            "select known.rows + changes.rows as rows, known.hashes + changes.hashes as hashes, "
            ~ "xor(known.mixed, changes.mixed) as mixed from build_state.nodes as known cross join ("
            ~ "select coalesce(sum(rows), 0)::hugeint as rows, coalesce(sum(hashes), 0)::hugeint as hashes, "
            ~ "coalesce(bit_xor(mixed), 0)::ubigint as mixed from temp.patch_changed) as changes "
            ~ "where known.id = '" ~ model.unique_id ~ "'",
            touched) }};
        insert into build_state.changes
        select
            '{{ model.unique_id }}',
            coalesce((select max(number) from build_state.changes where id = '{{ model.unique_id }}'), 0) + 1,
            patch_before.content,
            nodes.content,
            (select list(cast(key as varchar)) from temp.patch_told)
        from temp.patch_before
        inner join build_state.nodes as nodes on nodes.id = '{{ model.unique_id }}'
        where patch_before.content <> nodes.content;
        -- Who did not look for so long builds everything.
        delete from build_state.changes
        where
            id = '{{ model.unique_id }}'
            and number <= (select max(number) - 16 from build_state.changes where id = '{{ model.unique_id }}');
        drop table temp.patch_before
    {%- endcall -%}
{%- endmacro %}

{% macro remember_node(state, relation, contents, touched, holds=true) -%}
    create or replace temp table node_now as
    select
        '{{ model.unique_id }}' as id,
        {{ "'" ~ relation.schema ~ "'" if relation else 'null' }} as layer,
        '{{ state.code }}' as code,
        md5('{{ state.undated }}' || version()) as undated,
        {{ state.reads | string }}::varchar[] as reads,
        (
            select list(parents.content order by one.position)
            from (
                select
                    unnest({{ state.reads | string }}::varchar[]) as id,
                    generate_subscripts({{ state.reads | string }}::varchar[], 1) as position
            ) as one
            left join build_state.nodes as parents on one.id = parents.id
        ) as seen,
        {{ "'" ~ state.inputs ~ "'" if holds else 'null' }} as inputs,
        {{ state.is_dated }} as is_dated,
        {{ data_as_of() }} as built_on,
        {{ touched }} as touched,
        {%- if relation and relation.is_view %}
        '{{ state.inputs }}' as content,
        {%- elif relation %}
        md5(concat_ws('|', rows, hashes, mixed, '{{ relation.identifier }}')) as content,
        {%- else %}
        null as content,
        {%- endif %}
        contents.*
    from ({{ contents }}) as contents;
    delete from build_state.nodes where id = '{{ model.unique_id }}';
    insert into build_state.nodes by name from temp.node_now;
    drop table temp.node_now
{%- endmacro %}
