-- The steps of every pipeline as data (R076): order, name, type, what is expected of whoever is in them, how often that
-- ended in a sale, and since when the step exists.
with stages as (
    select * from {{ ref('int_stage') }}
),

outcomes as (
    select * from {{ ref('int_step_outcome') }}
),

-- The CRM's own guess: of the deals that stand in the step now.
guesses as (
    select
        source,
        coalesce(nullif(trim(pipeline), ''), '(default)') as pipeline,
        canonical_stage as stage,
        median(probability) as crm_probability
    from {{ ref('int_opportunity') }}
    where sale_kind = 'deal' and not is_refund and probability is not null
    group by all
),

final as (
    select
        stages.entity_type,
        stages.source,
        stages.pipeline,
        stages.stage,
        nullif(stages.valid_from, date '0001-01-01') as valid_from,
        nullif(stages.valid_to, date '9999-12-31') as valid_to,
        {{ data_as_of() }} >= stages.valid_from and {{ data_as_of() }} < stages.valid_to as is_valid,
        cast(stages.stage_order as bigint) as stage_order,
        stages.stage_type,
        stages.funnel_stage,
        stages.crm_names,
        stages.is_defined,
        cast(stages.sla_days as bigint) as sla_days,
        stages.buyer_step,
        stages.is_moment_of_truth,
        stages.required_activities,
        coalesce(outcomes.closed_before, 0) as closed_before,
        coalesce(outcomes.won_before, 0) as won_before,
        {{ safe_divide('outcomes.won_before', 'outcomes.closed_before') }} as own_probability,
        coalesce(outcomes.closed_before, 0) < {{ var('min_n') }} as is_low_n,
        cast(guesses.crm_probability as double) as crm_probability,
        {{ data_as_of() }} as data_as_of
    from stages
    left join outcomes
        on
            stages.entity_type = outcomes.entity_type
            and stages.source = outcomes.source
            and stages.pipeline = outcomes.pipeline
            and stages.stage = outcomes.stage
    left join guesses
        on
            stages.entity_type = 'opportunity'
            and stages.source = guesses.source
            and stages.pipeline = guesses.pipeline
            and stages.stage = guesses.stage
)

select * from final
