-- Monthly recurring revenue of each customer and what moved it (R086). Of a customer, not of a contract: who changes
-- the plan expands or contracts.
with {{ running_subscriptions() }},

first_month as (
    select cast(date_trunc('month', min(valid_from)) as timestamp) as first_day
    from counted
),

months as (
    select
        cast(days.first_day as date) as month_start,
        least(last_day(days.first_day), {{ data_as_of() }}) as level_on
    from first_month
    cross join
        unnest(generate_series(first_month.first_day, cast({{ data_as_of() }} as timestamp), interval 1 month))
            as days (first_day)
),

levels as (
    select
        running.customer_id,
        min(running.account_id) as account_id,
        months.month_start,
        cast(sum(running.mrr_reporting) as decimal(18, 2)) as mrr,
        cast(coalesce(sum(running.mrr_reporting) filter (where running.is_in_grace), 0) as decimal(18, 2))
            as mrr_in_grace,
        count(distinct running.subscription_id) filter (where not running.is_in_grace) as subscriptions
    from running
    inner join months on running.valid_from <= months.level_on and running.valid_to > months.level_on
    group by running.customer_id, months.month_start
    having sum(running.mrr_reporting) <> 0
),

-- Each level beside the one before it: what is on one side only is new or gone.
compared as (
    select
        coalesce(own.customer_id, earlier.customer_id) as customer_id,
        coalesce(own.account_id, earlier.account_id) as account_id,
        coalesce(own.month_start, cast(earlier.month_start + interval 1 month as date)) as month_start,
        coalesce(earlier.mrr, 0) as mrr_start,
        coalesce(own.mrr, 0) as mrr_end,
        coalesce(own.mrr_in_grace, 0) as mrr_in_grace,
        coalesce(own.subscriptions, 0) as subscriptions
    from levels as own
    full outer join levels as earlier
        on
            own.customer_id = earlier.customer_id
            and own.month_start = cast(earlier.month_start + interval 1 month as date)
),

moved as (
    select
        compared.*,
        months.level_on,
        case
            when compared.mrr_end = 0 then 'churn'
            when
                compared.mrr_start = 0
                and compared.month_start > min(compared.month_start) over (partition by compared.customer_id)
                then 'reactivation'
            when compared.mrr_start = 0 then 'new'
            when compared.mrr_end > compared.mrr_start then 'expansion'
            when compared.mrr_end < compared.mrr_start then 'contraction'
            else 'none'
        end as movement
    from compared
    inner join months on compared.month_start = months.month_start
),

last_days as (
    select customer_id, max(valid_to) - 1 as last_paid_on
    from counted
    group by customer_id
),

final as (
    select
        moved.month_start,
        last_day(moved.month_start) as month_end,
        moved.level_on,
        moved.level_on = last_day(moved.month_start) as is_complete,
        moved.customer_id,
        moved.account_id,
        moved.movement,
        moved.mrr_start,
        {% for movement in ['new', 'expansion', 'contraction', 'churn', 'reactivation'] -%}
            cast(
                case when moved.movement = '{{ movement }}' then moved.mrr_end - moved.mrr_start else 0 end
                as decimal(18, 2)
            ) as mrr_{{ movement }},
        {% endfor -%}
        moved.mrr_end,
        moved.mrr_in_grace,
        moved.movement = 'churn'
        and moved.month_start = max(moved.month_start) over (partition by moved.customer_id)
        and last_days.last_paid_on >= {{ data_as_of() }} - {{ var('churn_grace_days') }} as is_churn_in_grace,
        moved.subscriptions,
        {{ data_as_of() }} as data_as_of
    from moved
    inner join last_days on moved.customer_id = last_days.customer_id
)

select * from final
