select
    plan_id as cost_id,
    source,
    account_id,
    start_date as period_start,
    end_date as period_end,
    category,
    department,
    channel,
    campaign_name,
    team,
    vendor,
    kind,
    allocation_key,
    sales_step,
    amount_native,
    currency,
    amount_reporting,
    fx_rate,
    is_fx_missing,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_plan_version').include(database=false) }}
where plan_kind = 'marketing_cost' and {{ was_reported() }}
