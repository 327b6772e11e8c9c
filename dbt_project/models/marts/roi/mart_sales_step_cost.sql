-- Where on the way to the sale the money goes: what each step cost, what one who entered it cost, and its part of what
-- winning a customer costs. What no step is known for is a line of its own, so that the lines add up to the ledger.
{%- set categories = ['media', 'production', 'tools', 'people', 'other'] %}
{%- set costs = [
    'marketing_cost', 'sales_cost', 'total_cost', 'unknown_name_cost', 'other_department_cost'
] %}
{%- set rest = '(unassigned)' %}
with ledger as (
    select
        *,
        date_trunc('month', date_day) as month,
        coalesce(sales_step, '{{ rest }}') as step,
        case when kind = 'actual' and department in ('marketing', 'sales') then amount_reporting end as loaded
    from {{ ref('fct_cost') }}
    where date_day <= {{ data_as_of() }}
),

steps as (
    select distinct sales_step, step_kind, step_order from {{ ref('int_sales_step') }}
),

deal_steps as (
    select sales_step from steps
    where step_kind = 'deal_step'
),

-- A row without a step carries what the company as a whole won.
events as (
    select
        month,
        step as sales_step,
        {% for category in categories -%}
            sum(loaded) filter (where category = '{{ category }}') as cost_{{ category }},
        {% endfor -%}
        sum(loaded) filter (where department = 'marketing') as marketing_cost,
        sum(loaded) filter (where department = 'sales') as sales_cost,
        sum(loaded) as total_cost,
        sum(loaded) filter (where sales_step_basis = 'unknown_name') as unknown_name_cost,
        sum(amount_reporting) filter (where kind = 'actual' and department not in ('marketing', 'sales'))
            as other_department_cost,
        sum(amount_reporting) filter (where kind = 'planned' and department in ('marketing', 'sales')) as planned_cost
    from ledger
    group by month, step
    union all by name
    select date_trunc('month', date_day) as month, stage as sales_step, sum(entered) as entered
    from {{ ref('mart_funnel_daily') }}
    where entered > 0
    group by month, stage
    union all by name
    select date_trunc('month', entered_on) as month, stage as sales_step, count(*) as entered
    from {{ ref('fct_stage_interval') }}
    where
        entity_type = 'opportunity'
        and entry_number = 1
        and stage in (select sales_step from deal_steps)
    group by month, stage
    union all by name
    select date_trunc('month', closed_on) as month, count(*) as new_customers
    from {{ ref('fct_opportunity') }}
    where is_new_account
    group by month
),

grains as (
    {%- for grain in var('roi_periods') %}
        select '{{ grain }}' as period_grain
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

keyed as (
    select
        events.*,
        grains.period_grain,
        case grains.period_grain
            when 'all' then min(events.month) over ()
            else date_trunc(grains.period_grain, events.month)
        end as period_start
    from events
    cross join grains
),

cuts as (
    select
        period_grain,
        cast(period_start as date) as period_start,
        sales_step,
        {% for category in categories -%}
            cast(coalesce(sum(cost_{{ category }}), 0) as decimal(18, 6)) as cost_{{ category }},
        {% endfor -%}
        {% for cost in costs -%}
            cast(coalesce(sum({{ cost }}), 0) as decimal(18, 6)) as {{ cost }},
        {% endfor -%}
        cast(sum(planned_cost) as decimal(18, 6)) as planned_cost,
        cast(sum(entered) as bigint) as entered,
        sum(new_customers) as new_customers
    from keyed
    group by period_grain, period_start, sales_step
),

-- A step that nobody ever was seen to enter was not observed, which is not none.
summed as (
    select
        * exclude (entered, new_customers),
        case when max(entered) over (partition by sales_step) is not null then coalesce(entered, 0) end as entered,
        cast(sum(total_cost) over period as decimal(18, 6)) as period_cost,
        cast(coalesce(sum(new_customers) over period, 0) as bigint) as new_customers
    from cuts
    window period as (partition by period_grain, period_start)
),

final as (
    select
        summed.period_grain,
        summed.period_start,
        case summed.period_grain
            when 'month' then cast(summed.period_start + interval 1 month - interval 1 day as date)
            when 'quarter' then cast(summed.period_start + interval 3 month - interval 1 day as date)
            when 'year' then cast(summed.period_start + interval 1 year - interval 1 day as date)
            else {{ data_as_of() }}
        end as period_end,
        period_end <= {{ data_as_of() }} as is_complete,
        summed.sales_step,
        coalesce(steps.step_kind, '{{ rest }}') as step_kind,
        steps.step_order,
        {% for category in categories -%}
            summed.cost_{{ category }},
        {% endfor -%}
        {% for cost in costs -%}
            summed.{{ cost }},
        {% endfor -%}
        summed.planned_cost,
        summed.entered,
        {{ safe_divide('summed.total_cost', 'summed.entered') }} as cost_per_entry,
        summed.entered < {{ var('min_n') }} as is_low_n,
        summed.period_cost,
        {{ safe_divide('summed.total_cost', 'summed.period_cost') }} as cost_share,
        summed.new_customers,
        {{ safe_divide('summed.total_cost', 'summed.new_customers') }} as cac_loaded,
        {{ data_as_of() }} as data_as_of
    from summed
    left join steps on summed.sales_step = steps.sales_step
    where summed.sales_step is not null
)

select * from final
