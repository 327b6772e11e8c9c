-- Which few bring most of the revenue (R107, R108), of customers, lead sources, campaigns, products, reps and kinds of
-- activities. Whoever took part without earning anything is one of those the few are compared with.
{%- set dimensions = {
    'customer': 'customer_id', 'lead_source': 'lead_source', 'campaign': 'origin_campaign_id', 'product': 'product_id',
    'rep': 'rep_id'
} %}
{%- set grains = ['month', 'quarter', 'year'] %}
with credited as (
    {{ credited_lines() }}
),

sold as (
    select
        lines.closed_on as date_day,
        lines.amount_reporting,
        deals.customer_id,
        nullif(nullif(persons.lead_source, 'Unknown'), '(none)') as lead_source,
        deals.origin_campaign_id,
        case when lines.line_kind = 'recorded' then nullif(lines.product_id, 'Unspecified') end as product_id,
        nullif(lines.rep_id, 'Unknown') as rep_id,
        lines.is_leading,
        lines.opportunity_id
    from credited as lines
    inner join {{ ref('fct_opportunity') }} as deals on lines.opportunity_id = deals.opportunity_id
    left join {{ ref('dim_person') }} as persons on deals.person_id = persons.person_id
),

-- What was done for a deal until it was closed, each kind of activity once.
activities as (
    select distinct deals.opportunity_id, deals.closed_on, activities.activity_label as activity_type
    from {{ ref('fct_opportunity') }} as deals
    inner join {{ ref('int_activity') }} as activities on deals.opportunity_id = activities.what_id
    where
        deals.status in ('won', 'lost')
        and activities.activity_label <> ''
        and activities.activity_on <= deals.closed_on
),

-- The kinds share the revenue of the deal evenly, in whole cents, the first by name having the ones left over.
by_activity as (
    select
        activities.activity_type,
        earned.date_day,
        cast(
            sign(earned.cents) * (
                abs(earned.cents) // count(*) over same_deal + case
                    when
                        row_number() over (partition by earned.opportunity_id order by activities.activity_type)
                        <= abs(earned.cents) % count(*) over same_deal
                        then 1
                    else 0
                end
            ) as decimal(18, 2)
        ) / 100 as amount_reporting,
        earned.lines_without_rate > 0
        and row_number() over (partition by earned.opportunity_id order by activities.activity_type) = 1
            as is_rate_missing
    from (
        select
            opportunity_id,
            date_day,
            cast(sum(amount_reporting) * 100 as bigint) as cents,
            count(*) filter (where amount_reporting is null) as lines_without_rate
        from sold
        group by opportunity_id, date_day
    ) as earned
    left join activities on earned.opportunity_id = activities.opportunity_id
    window same_deal as (partition by earned.opportunity_id)
),

-- Months are the smallest period: who took part in one without earning is there once.
leads as (
    select distinct
        cast(date_trunc('month', lead_created_on) as date) as date_day,
        nullif(nullif(lead_source, 'Unknown'), '(none)') as lead_source,
        origin_campaign_id
    from {{ ref('dim_person') }}
    where is_lead and lead_created_on <= {{ data_as_of() }}
),

-- What nobody is named for has no rank, but counts, so that every dimension adds up to the same revenue.
took_part as (
    {% for dimension, column in dimensions.items() %}
        select
            '{{ dimension }}' as dimension,
            {{ column }} as entity_id,
            date_day,
            amount_reporting,
            amount_reporting is null{{ ' and is_leading' if dimension != 'rep' }} as is_rate_missing
        from sold
        union all
    {% endfor %}
    select 'lead_source', lead_source, date_day, 0, false
    from leads
    where lead_source is not null
    union all
    select 'campaign', origin_campaign_id, date_day, 0, false
    from leads
    where origin_campaign_id is not null
    union all
    select distinct 'rep', rep_id, cast(date_trunc('month', closed_on) as date), 0, false
    from {{ ref('fct_opportunity') }}
    where status in ('won', 'lost') and rep_id <> 'Unknown'
    union all
    select 'activity', activity_type, date_day, cast(amount_reporting as decimal(18, 2)), is_rate_missing
    from by_activity
    union all
    select distinct 'activity', activity_type, cast(date_trunc('month', closed_on) as date), 0, false
    from activities
    union all
    select 'product', products.product_id, days.date_day, 0, false
    from {{ ref('dim_product') }} as products
    cross join (select distinct cast(date_trunc('month', date_day) as date) as date_day from sold) as days
    where products.is_in_catalogue and products.is_active
),

by_period as (
    select 'all' as period_grain, cast(null as date) as period_start, *
    from took_part
    {% for grain in grains %}
        union all
        select '{{ grain }}', cast(date_trunc('{{ grain }}', date_day) as date), *
        from took_part
    {% endfor %}
),

valued as (
    select
        dimension,
        period_grain,
        period_start,
        coalesce(entity_id, '(none)') as entity_id,
        entity_id is not null as is_ranked,
        cast(coalesce(sum(amount_reporting), 0) as decimal(18, 2)) as value,
        count(*) filter (where is_rate_missing) as lines_without_rate
    from by_period
    group by dimension, period_grain, period_start, entity_id
),

ranked as (
    select
        *,
        case when is_ranked then row_number() over best_first end as value_rank,
        sum(value) over (best_first rows between unbounded preceding and current row) as cumulative_value,
        count(*) over (partition by dimension, period_grain, period_start, is_ranked) as entities,
        sum(value) over (partition by dimension, period_grain, period_start, is_ranked) as total_value
    from valued
    window
        best_first as (partition by dimension, period_grain, period_start, is_ranked order by value desc, entity_id asc)
),

-- A fifth rounded up, in whole numbers; four fifths and nineteen twentieths compared in cents, never as fractions.
placed as (
    select
        *,
        value_rank <= (entities + 4) // 5 as is_top20,
        cumulative_value * 5 >= total_value * 4 and total_value > 0 as is_80_reached,
        case
            when not is_ranked or total_value <= 0 then null
            when value <= 0 or (cumulative_value - value) * 20 >= total_value * 19 then 'C'
            when (cumulative_value - value) * 5 >= total_value * 4 then 'B'
            else 'A'
        end as abc_class
    from ranked
),

summed as (
    select
        dimension,
        period_grain,
        period_start,
        sum(value) filter (where is_top20) as top_value,
        min(value_rank) filter (where is_80_reached) as entities_for_80
    from placed
    where is_ranked
    group by dimension, period_grain, period_start
),

sales as (
    select distinct period_grain, period_start
    from by_period
    where dimension = 'customer'
),

final as (
    select
        placed.dimension,
        placed.period_grain,
        placed.period_start,
        placed.entity_id,
        coalesce(
            accounts.account_name, campaigns.campaign_name, products.product_name, reps.rep_name, placed.entity_id
        ) as entity_name,
        placed.is_ranked,
        placed.value,
        placed.value_rank,
        cast(case when placed.is_ranked then placed.cumulative_value end as decimal(18, 2)) as cumulative_value,
        case
            when placed.is_ranked and placed.total_value > 0
                then {{ safe_divide('placed.cumulative_value', 'placed.total_value') }}
        end as cumulative_share,
        placed.abc_class,
        case when placed.is_ranked then placed.is_top20 end as is_top20,
        case when placed.is_ranked then placed.entities end as entities,
        cast(case when placed.is_ranked then placed.total_value end as decimal(18, 2)) as total_value,
        case when placed.is_ranked then (placed.entities + 4) // 5 end as top_entities,
        cast(case when placed.is_ranked then summed.top_value end as decimal(18, 2)) as top_value,
        case
            when placed.is_ranked and placed.entities >= 5 and placed.total_value > 0
                then {{ safe_divide('summed.top_value', 'placed.total_value') }}
        end as top20_share,
        case when placed.is_ranked then summed.entities_for_80 end as entities_for_80,
        case
            when placed.is_ranked and placed.entities >= 5
                then {{ safe_divide('summed.entities_for_80', 'placed.entities') }}
        end as pct_for_80,
        placed.lines_without_rate,
        {{ data_as_of() }} as data_as_of
    from placed
    inner join sales
        on
            placed.period_grain = sales.period_grain
            and placed.period_start is not distinct from sales.period_start
    left join summed
        on
            placed.dimension = summed.dimension
            and placed.period_grain = summed.period_grain
            and placed.period_start is not distinct from summed.period_start
    left join {{ ref('dim_account') }} as accounts
        on case when placed.dimension = 'customer' then placed.entity_id end = accounts.account_id
    left join {{ ref('dim_campaign') }} as campaigns
        on case when placed.dimension = 'campaign' then placed.entity_id end = campaigns.campaign_id
    left join {{ ref('dim_product') }} as products
        on case when placed.dimension = 'product' then placed.entity_id end = products.product_id
    left join {{ ref('dim_sales_rep') }} as reps
        on case when placed.dimension = 'rep' then placed.entity_id end = reps.rep_id
)

select * from final
