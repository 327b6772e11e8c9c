{{ config(materialized='ephemeral') }}
-- What the CRM plans for a campaign: days and budget of all its records.
select
    records.campaign_id,
    min(crm.start_date) as planned_start_on,
    max(crm.end_date) as planned_end_on,
    cast(sum({{ to_reporting_cents('crm.budgeted_cost', 'fx.rate') }}) as decimal(18, 2)) as budget_reporting
from {{ ref('int_campaign_record') }} as records
inner join {{ ref('stg_crm_campaigns') }} as crm
    on
        records.record_kind = 'crm'
        and records.record_id = crm.campaign_id
{{ fx_join('crm.currency', 'crm.start_date') }}
group by records.campaign_id
