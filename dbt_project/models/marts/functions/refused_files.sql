select
    file_name as file,
    reason,
    message
from {{ ref('mart_file_outcome').include(database=false) }}
where outcome = 'refused'
order by file_name, reason
