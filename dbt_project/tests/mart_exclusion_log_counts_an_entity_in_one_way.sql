-- What is counted in rows is not counted in records as well (G13).
select entity
from {{ ref('stg_row_outcomes') }}
intersect
select entity
from {{ ref('stg_crm_exclusions') }}
