{#-
What a model or test was built from, so that it is built again only if that changed (DECISIONS D-06). Table
build_state.nodes of the build file:

id       dbt's unique id; of a raw entity source.raw.<entity>
layer    schema of a model
code     hash of the compiled SQL, which holds the day of the build, the settings and the code of all macros
reads    ids of what it reads
inputs   hash of code, engine version and the contents of what it read when it was built; NULL for a test that failed
content  hash of its rows, in any order
is_dated its SQL names the day of the build

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
    {%- set asked -%}
        select now.inputs, coalesce(now.inputs = known.inputs, false) as is_unchanged
        from (
            select {{ inputs_hash("'" ~ code ~ "'", reads | string ~ '::varchar[]') }} as inputs
        ) as now
        left join build_state.nodes as known on known.id = '{{ model.unique_id }}'
    {%- endset -%}
    {%- set found = run_query(asked).rows[0] -%}
    {{ return({
        'code': code,
        'reads': reads,
        'inputs': found[0],
        'is_dated': data_as_of() in text,
        'is_unchanged': found[1] and not flags.FULL_REFRESH
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

{#- Remember what the node being built was built from. `relation` is the table it made; a test has none. -#}
{% macro remember_built(state, relation=none, holds=true) -%}
    {%- call statement('remember') -%}
        delete from build_state.nodes where id = '{{ model.unique_id }}';
        insert into build_state.nodes by name
        select
            '{{ model.unique_id }}' as id,
            {{ "'" ~ relation.schema ~ "'" if relation else 'null' }} as layer,
            '{{ state.code }}' as code,
            {{ state.reads | string }}::varchar[] as reads,
            {{ "'" ~ state.inputs ~ "'" if holds else 'null' }} as inputs,
            {{ state.is_dated }} as is_dated,
        {%- if relation %}
            md5(concat_ws('|', count(*), sum(row_hash), bit_xor(row_hash), '{{ relation.identifier }}')) as content
        from (select hash(*columns(*)) as row_hash from {{ relation }}) as hashed
        {%- else %}
            null as content
        {%- endif -%}
    {%- endcall -%}
{%- endmacro %}
