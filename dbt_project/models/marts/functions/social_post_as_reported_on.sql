-- A later reading of a post's counters adds days and changes none, so the readings up to the day are what was reported.
select * replace ({{ asked_data_as_of() }} as data_as_of)
from {{ ref('fct_social_post_daily').include(database=false) }}
where snapshot_on <= {{ asked_day() }}
