{{ config(materialized='ephemeral') }}
-- Exports once for each entity they hold, with the business day of the export.
select
    *,
    unnest(string_split(entities, ',')) as entity,
    {{ business_day('exported_at') }} as exported_on
from {{ ref('stg_batches') }}
