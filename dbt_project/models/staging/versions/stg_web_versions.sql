{{ config(materialized='ephemeral') }}

with versions as (
    {{ row_versions('web_traffic', cut=scope_rules('web_traffic'), **entity_rules('web_traffic')) }}
),

final as (
    select
        date as date_day,
        {{ staged_web() }},
        {{ version_columns() }}
    from versions
)

select * from final
