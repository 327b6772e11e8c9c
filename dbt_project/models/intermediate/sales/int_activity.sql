{{ config(materialized='ephemeral') }}
-- What was done: tasks, events and mails of the CRM that are not merely planned, with business day and kind.
select
    *,
    lower(trim(activity_type)) as activity_label,
    {{ business_day('activity_at') }} as activity_on
from {{ ref('stg_crm_activities') }}
where is_done
