{#- A data test that held is asked again once something it reads has changed; one that failed, always. -#}
{% materialization test, adapter='duckdb' %}
    {%- set asked = [sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), config.get('limit')] -%}
    {%- set state = build_state(asked | string) -%}
    {%- if state.is_unchanged and not should_store_failures() -%}
        {%- call statement('main', fetch_result=True) -%}
            select 0 as failures, false as should_warn, false as should_error
        {%- endcall -%}
        {{ return({'relations': []}) }}
    {%- endif -%}
    {%- set result = materialization_test_default() -%}
    {{ remember_built(state, holds=load_result('main').table.rows[0][0] == 0) }}
    {{ adapter.commit() }}
    {{ return(result) }}
{% endmaterialization %}
