{{ config(materialized='ephemeral') }}

with versions as (
    {{ row_versions('social_daily', **entity_rules('social_daily')) }}
),

final as (
    select
        date as date_day,
        {{ staged_social_metrics() }},
        {{ version_columns() }}
    from versions
)

select * from final
