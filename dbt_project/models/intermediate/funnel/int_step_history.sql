-- Of which steps each CRM keeps who passed them, per pipeline. Whoever got further has passed a step (G7), recorded or
-- not. Where the CRM's history has nobody in it, who passed is unknown; where it has somebody, the others skipped it.
with steps as (
    select
        entity_type,
        source,
        pipeline,
        stage,
        count(*) filter (
            where not is_imputed and (evidence = 'history' or outcome in ('forward', 'won'))
        ) as n_recorded,
        count(*) filter (where is_imputed and first_recorded_at is null) as n_passed_unrecorded
    from {{ ref('int_stage_interval') }}
    where entity_type <> 'account' and stage_type = 'open' and stage not in ('Unknown', 'Unmapped')
    group by entity_type, source, pipeline, stage
),

-- A lead negotiates in its deals, whichever pipeline they are in.
steps_of_leads_in_deals as (
    select
        'person' as entity_type,
        source,
        'Lead to customer' as pipeline,
        stage,
        sum(n_recorded) as n_recorded,
        sum(n_passed_unrecorded) as n_passed_unrecorded
    from steps
    where entity_type = 'opportunity' and stage = 'Negotiation'
    group by source, stage
),

pipelines_with_wins as (
    select distinct entity_type, source, pipeline
    from {{ ref('int_stage_interval') }}
    where entity_type <> 'account' and stage_type = 'won'
),

-- Steps of other pipelines that this one wins without.
lacking as (
    select pipelines_with_wins.*, known.stage
    from pipelines_with_wins
    inner join (select distinct entity_type, stage from steps) as known
        on pipelines_with_wins.entity_type = known.entity_type
    left join steps as own
        on
            pipelines_with_wins.entity_type = own.entity_type
            and pipelines_with_wins.source = own.source
            and pipelines_with_wins.pipeline = own.pipeline
            and known.stage = own.stage
    where own.stage is null
),

final as (
    select
        entity_type,
        source,
        pipeline,
        stage,
        cast(n_recorded as bigint) as n_recorded,
        cast(n_passed_unrecorded as bigint) as n_passed_unrecorded,
        n_recorded > 0 or n_passed_unrecorded = 0 as has_history
    from (
        select * from steps
        union all
        select * from steps_of_leads_in_deals
    ) as of_all
    union all
    select entity_type, source, pipeline, stage, 0, 0, false
    from lacking
)

select * from final
