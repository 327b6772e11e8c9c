-- The counters as they stood: what each reading gained belongs to the readings, not to the send.
select
    * exclude (
        {{ version_column_names() | join(', ') }},
        delivered_gained, opens_gained, clicks_gained, unsubscribes_gained, complaints_gained, orders_gained,
        revenue_native_gained, is_first_reading, is_counter_reset
    )
    replace ({{ asked_data_as_of() }} as data_as_of)
from {{ ref('fct_email_campaign_version').include(database=false) }}
where {{ was_reported() }}
