{#-
A data test of all tables of a folder: the rows of each against what its properties say of them under `config: meta:`,
where `grain` holds the key and the conditions every row fulfils, `rates` what is the quotient of what, `intervals` what
follows each other without overlap (tests/README.md). One test for many tables, because a test costs more for being
a node than for what it asks. `relations` is a list of ref(...), written out, so that dbt knows what the test reads.
-#}
{% macro broken_rows(relations) -%}
    {{- config(fail_calc='coalesce(sum(rows_found), 0)') -}}
    {%- set queries = [] -%}
    {%- for relation in relations if execute -%}
        {%- set node = node_of(relation) -%}
        {%- set meta = node.config.meta -%}
        {%- if not meta.get('grain') -%}
            {%- do exceptions.raise_compiler_error(
                node.name ~ ' has no `grain` under `config: meta:` in ' ~ node.patch_path.split('://')[-1]
            ) -%}
        {%- endif -%}
        {%- for query in queries_for_broken_rows(relation, meta) -%}
            {%- do queries.append('select ' ~ sql_text(node.name) ~ ' as model, * from (' ~ query ~ ')') -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ with_examples(queries | join('\nunion all by name\n')) if execute }}
{%- endmacro %}

{#- The node among those that the test reads which made this relation. -#}
{% macro node_of(relation) -%}
    {%- for id in model.depends_on.nodes if graph.nodes[id].alias == relation.identifier -%}
        {{- return(graph.nodes[id]) -}}
    {%- endfor -%}
    {%- do exceptions.raise_compiler_error(relation ~ ' is not a model or seed that ' ~ model.name ~ ' reads') -%}
{%- endmacro %}

{#- Queries (macro failing_checks) for what is wrong in the rows of a relation. All examples show the key of their row. -#}
{% macro queries_for_broken_rows(relation, meta) -%}
    {%- set queries = [] -%}
    {%- set columns = meta.grain.get('columns', []) -%}
    {%- set key = columns | join(', ') -%}
    {%- set checks = [] -%}
    {%- for column in columns + meta.grain.get('not_null', []) if column not in meta.grain.get('nullable', []) -%}
        {%- do checks.append({'problem': column ~ ' is NULL', 'broken': column ~ ' is null', 'shows': column}) -%}
    {%- endfor -%}
    {%- do checks.extend(condition_checks(meta.grain.get('holds', {}))) -%}
    {%- do checks.extend(rate_checks(meta.get('rates', []))) -%}
    {%- for check in checks -%}
        {%- do check.update({'shows': key ~ ', ' ~ check.shows}) -%}
    {%- endfor -%}
    {%- if checks -%}
        {%- do queries.append(failing_checks(relation, checks)) -%}
    {%- endif -%}
    {%- if columns -%}
        {%- set repeated = 'select ' ~ key ~ ' from ' ~ relation ~ ' group by ' ~ key ~ ' having count(*) > 1' -%}
        {%- do queries.append(failing_rows(key ~ ' is not unique', key, repeated)) -%}
    {%- endif -%}
    {%- if meta.get('intervals') -%}
        {%- set entity = meta.intervals.entity | join(', ') -%}
        {%- do queries.append(failing_rows(
            'intervals of one ' ~ entity ~ ' overlap or have no length',
            entity ~ ' starts ends next_starts',
            overlapping_intervals(relation, entity, meta.intervals.valid_from, meta.intervals.valid_to)
        )) -%}
    {%- endif -%}
    {{- return(queries) -}}
{%- endmacro %}
