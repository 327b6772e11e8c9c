select
    record_id as lead_id,
    source,
    status,
    lead_source,
    campaign_id,
    created_on,
    is_converted,
    converted_on,
    account_id,
    owner_id,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_crm_record_version').include(database=false) }}
where entity = 'crm_leads' and {{ was_reported() }}
