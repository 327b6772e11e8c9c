select
    record_id as subscription_id,
    source,
    account_id,
    record_name as plan_name,
    status,
    record_type as billing_period,
    amount_native,
    currency,
    amount_reporting,
    fx_rate,
    fx_date,
    is_fx_missing,
    quantity,
    started_on,
    ended_on,
    is_trial,
    created_on,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_crm_record_version').include(database=false) }}
where entity = 'crm_subscriptions' and {{ was_reported() }}
