-- The ledger: each cost's closest target and the step on the way to the sale it is spent on. The step is the cost's
-- own, else that of the closest rule of seed cost_steps; an unknown name gives no step, and no rule overrides it.
with costs as (
    select
        *,
        case
            when campaign_id is not null then 'campaign'
            when channel is not null then 'channel'
            when team is not null then 'team'
            else 'shared_unallocated'
        end as cost_target
    from {{ ref('int_cost_target') }}
),

steps as (
    select * from {{ ref('int_sales_step') }}
),

ruled as (
    select
        kinds.department,
        kinds.category,
        kinds.cost_target,
        kinds.channel,
        steps.sales_step
    from (select distinct department, category, cost_target, channel from costs) as kinds
    inner join {{ ref('cost_steps') }} as rules
        on
            rules.department in (kinds.department, '*')
            and rules.category in (kinds.category, '*')
            and rules.cost_target in (kinds.cost_target, '*')
            and rules.channel in (kinds.channel, '*')
    left join steps on lower(trim(rules.sales_step)) = steps.name_key
    qualify row_number() over (
        partition by kinds.department, kinds.category, kinds.cost_target, kinds.channel
        order by
            (rules.channel = '*')::int, (rules.category = '*')::int, (rules.cost_target = '*')::int,
            (rules.department = '*')::int
    ) = 1
),

final as (
    select
        costs.date_day,
        costs.cost_origin,
        costs.source,
        costs.account_id,
        costs.cost_id,
        costs.target_id,
        costs.kind,
        costs.category,
        costs.department,
        costs.channel,
        costs.campaign_id,
        costs.team,
        costs.vendor,
        costs.allocation_key,
        costs.allocation,
        costs.unallocated_reason,
        costs.cost_target,
        case when costs.sales_step is null then ruled.sales_step else named.sales_step end as sales_step,
        case
            when named.sales_step is not null then 'entered'
            when costs.sales_step is not null then 'unknown_name'
            when ruled.sales_step is not null then 'rule'
            else 'none'
        end as sales_step_basis,
        costs.sales_step as sales_step_entered,
        costs.currency,
        costs.amount_native,
        costs.amount_reporting,
        costs.fx_rate,
        costs.fx_date,
        costs.amount_native is not null and costs.fx_rate is null as is_fx_missing,
        {{ data_as_of() }} as data_as_of
    from costs
    left join steps as named on lower(costs.sales_step) = named.name_key
    left join ruled
        on
            costs.department is not distinct from ruled.department
            and costs.category is not distinct from ruled.category
            and costs.cost_target = ruled.cost_target
            and costs.channel is not distinct from ruled.channel
)

select * from final
