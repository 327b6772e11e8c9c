-- Whoever stands anywhere stands in a step that dim_stage describes (R076).
select distinct intervals.entity_type, intervals.source, intervals.pipeline, intervals.stage
from {{ ref('fct_stage_interval') }} as intervals
left join {{ ref('dim_stage') }} as stages
    on
        intervals.entity_type = stages.entity_type
        and (intervals.source = stages.source or stages.source = '(all)')
        and intervals.pipeline = stages.pipeline
        and intervals.stage = stages.stage
where stages.stage is null
