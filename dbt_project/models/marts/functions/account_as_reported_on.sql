select
    record_id as account_id,
    source,
    record_name as account_name,
    record_type as account_type,
    segment,
    lead_source,
    created_on,
    owner_id,
    {{ asked_data_as_of() }} as data_as_of
from {{ ref('fct_crm_record_version').include(database=false) }}
where entity = 'crm_accounts' and {{ was_reported() }}
