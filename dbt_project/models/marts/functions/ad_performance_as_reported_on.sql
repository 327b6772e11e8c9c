select
    * exclude ({{ version_column_names() | join(', ') }})
    replace ({{ asked_data_as_of() }} as data_as_of)
from {{ ref('fct_ad_performance_version').include(database=false) }}
where {{ was_reported() }}
