{#-
Tables in one statement and one transaction, in place of the adapter's build beside, rename, rename, drop: the build
file has one writer and readers use the published copy, so nobody can see a table that is not there yet, and of two
hundred small tables most of the time was spent on their names. A failed statement leaves the older table.

What was built from the same before is left as it is (macro build_state), what a change touches in part is patched (macro
patch_table); `--full-refresh` builds it anyway.
-#}
{% materialization table, adapter='duckdb', supported_languages=['sql'] %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set promised = [] -%}
    {%- for column in model.columns.values() if config.get('contract').enforced -%}
        {%- do promised.append([column.name, column.data_type, column.constraints | string]) -%}
    {%- endfor -%}
    {%- set state = build_state(compiled_code ~ promised | string) -%}
    {%- if state.is_unchanged and existing_relation is not none and existing_relation.is_table -%}
        {% call noop_statement('main', message='unchanged') -%}
            -- built from the same before
        {%- endcall %}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing_relation is not none and not existing_relation.is_table -%}
        {{ drop_relation_if_exists(existing_relation) }}
    {%- endif -%}
    {%- set is_table = existing_relation is not none and existing_relation.is_table -%}
    {%- set plan = patch_plan(state) if is_table else none -%}
    {%- if plan -%}
        {{ patch_table(plan, state, target_relation) }}
    {%- else -%}
        {%- call statement('main') -%}
            drop table if exists {{ target_relation }};
            {{ create_table_as(False, target_relation, compiled_code) }}
        {%- endcall -%}
        {{ remember_built(state, target_relation) }}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
