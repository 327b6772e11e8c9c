{{
    config(
        materialized='incremental', incremental_strategy='append',
        pre_hook="{% if is_incremental() %}delete from {{ this }} where after_build = {{ last_complete_build() }}{% endif %}"
    )
}}
-- Content of the lookups that rows of people are made with, at each build: names of stages, channels of CRM campaigns,
-- representatives and teams. A change of any touches everybody (int_touched). One row a build; one that was killed
-- replaces its own, so that the newest row of an earlier build is that of the last complete one.
{% set lookups = [
    ref('stg_crm_stage_names'), ref('int_crm_campaign_channel'), ref('int_rep_alias'), ref('int_rep_team'),
    ref('int_sales_rep')
] %}
with contents as (
    {% for lookup in lookups %}
        -- The alias of the table is a whole row of it.
        select {{ loop.index }} as lookup, count(*) as lines, bit_xor(hash(one)) as mixed, sum(hash(one)) as total
        from {{ lookup }} as one -- noqa: AL05
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        {{ last_complete_build() }} as after_build,
        md5(string_agg(concat_ws(' ', lookup, lines, mixed, total), '|' order by lookup)) as content
    from contents
)

select * from final
