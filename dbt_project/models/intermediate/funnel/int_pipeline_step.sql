-- The steps of each pipeline of deals that occurs, in order, with what is expected of a deal in each (R076). The
-- closest rows of the seeds count: those of the CRM and the pipeline, of the CRM, of the pipeline, of any.
with pipelines as (
    select distinct source, coalesce(lower(trim(pipeline)), '') as pipeline_key
    from {{ ref('int_opportunity_base') }}
    where sale_kind = 'deal'
),

seed_steps as (
    select
        source,
        pipeline,
        canonical_stage,
        stage_order,
        min(coalesce(valid_from, date '0001-01-01')) as valid_from,
        max(coalesce(valid_to, date '9999-12-31')) as valid_to
    from {{ ref('pipeline_stages') }}
    where entity = 'opportunity' and stage_type = 'open'
    group by source, pipeline, canonical_stage, stage_order
),

closest as (
    select
        pipelines.source as deal_source,
        pipelines.pipeline_key,
        seed_steps.*
    from pipelines
    inner join seed_steps
        on
            seed_steps.source in (pipelines.source, '*')
            and seed_steps.pipeline in (pipelines.pipeline_key, '*')
    qualify rank() over (
        partition by pipelines.source, pipelines.pipeline_key
        order by (seed_steps.source = '*')::int * 2 + (seed_steps.pipeline = '*')::int
    ) = 1
),

expected as (
    select
        *,
        coalesce(valid_from, date '0001-01-01') as expected_from,
        coalesce(valid_to, date '9999-12-31') as expected_to
    from {{ ref('pipeline_steps') }}
),

-- A limit that changes divides the step's validity.
final as (
    select
        closest.deal_source as source,
        closest.pipeline_key,
        closest.canonical_stage as stage,
        closest.stage_order,
        greatest(closest.valid_from, coalesce(expected.expected_from, closest.valid_from)) as valid_from,
        least(closest.valid_to, coalesce(expected.expected_to, closest.valid_to)) as valid_to,
        expected.sla_days,
        nullif(trim(expected.buyer_step), '') as buyer_step,
        coalesce(expected.is_moment_of_truth, false) as is_moment_of_truth,
        nullif(trim(expected.required_activities), '') as required_activities
    from closest
    left join expected
        on
            closest.canonical_stage = expected.canonical_stage
            and expected.pipeline in (closest.pipeline_key, '*')
            and closest.valid_to > expected.expected_from
            and closest.valid_from < expected.expected_to
    qualify rank() over (
        partition by closest.deal_source, closest.pipeline_key, closest.canonical_stage
        order by coalesce(expected.pipeline, '*') = '*'
    ) = 1
)

select * from final
