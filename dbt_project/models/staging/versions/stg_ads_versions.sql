{{ config(materialized='ephemeral') }}

with versions as (
    {{ row_versions('ads_performance', cut=scope_rules('ads_performance'), **entity_rules('ads_performance')) }}
),

final as (
    select
        date as date_day,
        {{ staged_ads() }},
        {{ version_columns() }}
    from versions
)

select * from final
