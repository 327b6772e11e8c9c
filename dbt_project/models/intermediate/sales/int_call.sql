{{ config(materialized='ephemeral') }}
-- Calls with their business day.
select
    *,
    {{ business_day('started_at') }} as date_day
from {{ ref('stg_crm_calls') }}
