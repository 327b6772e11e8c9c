{{ config(materialized='view') }}
-- The last complete build. A view: what it says changes when a build ends, which is not data and makes nothing due.
with builds as (
    select * from {{ source('raw', '_builds') }}
),

final as (
    select number, as_of
    from builds
    where is_complete
)

select * from final
