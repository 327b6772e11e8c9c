{#-
A view, remembered as tables are (macro build_state), so that those who read it know what it was made of. It names its
tables without the database, so that it can be read wherever the build file is attached.
-#}
{% materialization view, adapter='duckdb' -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set state = build_state(compiled_code) -%}
    {%- if state.is_unchanged and existing_relation is not none and existing_relation.is_view -%}
        {% call noop_statement('main', message='unchanged') -%}
            -- made of the same before
        {%- endcall %}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing_relation is not none and not existing_relation.is_view -%}
        {{ drop_relation_if_exists(existing_relation) }}
    {%- endif -%}
    {%- call statement('main') -%}
        {%- set sql = compiled_code | replace('"' ~ this.database ~ '".', '') -%}
        {{ get_create_view_as_sql(target_relation, sql) | replace('create view', 'create or replace view') }}
    {%- endcall -%}
    {{ remember_built(state, target_relation) }}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
