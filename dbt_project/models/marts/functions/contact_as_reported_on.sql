select
    record_id as contact_id,
    source,
    account_id,
    status as lifecycle_stage,
    lead_source,
    created_on,
    owner_id,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_crm_record_version').include(database=false) }}
where entity = 'crm_contacts' and {{ was_reported() }}
