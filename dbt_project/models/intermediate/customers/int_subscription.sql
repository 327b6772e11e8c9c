{{ config(materialized='ephemeral', tags=['dated']) }}
-- Subscriptions with the day they start: the given one, else that of the record's creation.
select
    *,
    coalesce(started_on, {{ business_day('created_at') }}) as starts_on
from {{ ref('stg_crm_subscriptions') }}
where coalesce(started_on, {{ business_day('created_at') }}, {{ data_as_of() }}) <= {{ data_as_of() }}
