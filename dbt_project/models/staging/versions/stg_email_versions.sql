{{ config(materialized='ephemeral') }}

with versions as (
    {{ row_versions('email_campaigns', relation=ref('stg_email_exports'), **entity_rules('email_campaigns')) }}
),

final as (
    select
        {{ staged_sends() }},
        {{ version_columns() }}
    from versions
)

select * from final
