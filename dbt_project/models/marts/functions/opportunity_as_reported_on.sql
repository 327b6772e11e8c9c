-- A deal that closes on a later day is open until that day comes, as in fct_opportunity.
select
    record_id as opportunity_id,
    source,
    record_name as opportunity_name,
    account_id,
    pipeline,
    source_stage,
    case when status = 'open' or closed_on <= {{ asked_day() }} then stage else stage_before_close end as stage,
    case when closed_on <= {{ asked_day() }} then status else 'open' end as status,
    record_type as opportunity_type,
    created_on,
    expected_close_on,
    case when closed_on <= {{ asked_day() }} then closed_on end as closed_on,
    amount_native,
    currency,
    is_currency_assumed,
    amount_reporting,
    fx_rate,
    fx_date,
    is_fx_missing,
    probability,
    is_stage_unmapped,
    case when closed_on <= {{ asked_day() }} then loss_reason end as loss_reason,
    owner_id,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_crm_record_version').include(database=false) }}
where
    entity = 'crm_opportunities'
    and coalesce(created_on, closed_on) <= {{ asked_day() }}
    and {{ was_reported() }}
