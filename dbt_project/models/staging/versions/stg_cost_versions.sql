{{ config(materialized='ephemeral') }}

with versions as (
    {{ row_versions('marketing_costs', **entity_rules('marketing_costs')) }}
),

final as (
    select
        {{ staged_costs() }},
        {{ version_columns() }}
    from versions
)

select * from final
