select
    stage,
    sum(entered) filter (where date_day > data_as_of - {{ asked_days() }}) as entered_recently,
    sum(entered) as entered_to_date,
    sum(in_stage_at_end) filter (where date_day = data_as_of) as in_stage_now
from {{ ref('mart_funnel_daily').include(database=false) }}
group by stage, stage_order
order by stage_order
