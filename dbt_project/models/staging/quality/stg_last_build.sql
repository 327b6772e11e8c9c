{{ config(materialized='view') }}
-- The last complete build. A view: what it says changes when a build ends, which is not data and makes nothing due. It
-- names its table without the database, so that it can be read wherever the build file is attached.
with builds as (
    select * from {{ source('raw', '_builds').include(database=false) }}
),

final as (
    select number, as_of
    from builds
    where is_complete
)

select * from final
