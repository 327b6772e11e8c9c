select
    replace(outcome, '_', ' ') as outcome,
    count(*) as files,
    sum(rows_loaded) as rows_loaded,
    sum(rows_rejected) as rows_rejected
from {{ ref('mart_file_outcome').include(database=false) }}
group by outcome
order by outcome
