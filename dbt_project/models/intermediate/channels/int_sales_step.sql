-- The names by which a cost may name the step of the way to the sale that it is spent on: a stage of the funnel, a step
-- of deals, the CRM's own name of one, or what the buyer does meanwhile. Earlier kinds of names win; a name that means
-- two steps means none.
with named as (
    select 1 as place, funnel_stage as step_name, funnel_stage as sales_step from {{ ref('funnel_stages') }}
    union all
    select 2, canonical_stage, canonical_stage from {{ ref('pipeline_stages') }}
    where entity = 'opportunity' and stage_type = 'open'
    union all
    select 3, source_stage, canonical_stage from {{ ref('pipeline_stages') }}
    where entity = 'opportunity' and stage_type = 'open'
    union all
    select 4, buyer_step, funnel_stage from {{ ref('funnel_stages') }}
    union all
    select 5, buyer_step, canonical_stage from {{ ref('pipeline_steps') }}
),

names as (
    select
        lower(trim(step_name)) as name_key,
        place,
        min(sales_step) as sales_step,
        count(distinct sales_step) as steps
    from named
    where trim(step_name) <> ''
    group by name_key, place
    qualify row_number() over (partition by name_key order by place) = 1
),

-- Steps of deals lie within the stage Opportunity.
orders as (
    select funnel_stage as sales_step, 'funnel_stage' as step_kind, stage_order * 100 as step_order
    from {{ ref('funnel_stages') }}
    union all
    select
        deals.canonical_stage, 'deal_step',
        min(deals.stage_order) + 100 * (
            select max(stages.stage_order) from {{ ref('funnel_stages') }} as stages
            where stages.funnel_stage = 'Opportunity'
        )
    from {{ ref('pipeline_stages') }} as deals
    where
        deals.entity = 'opportunity'
        and deals.stage_type = 'open'
        and deals.canonical_stage not in (select stages.funnel_stage from {{ ref('funnel_stages') }} as stages)
    group by deals.canonical_stage
),

final as (
    select
        names.name_key,
        names.sales_step,
        orders.step_kind,
        cast(orders.step_order as bigint) as step_order
    from names
    inner join orders on names.sales_step = orders.sales_step
    where names.steps = 1
)

select * from final
