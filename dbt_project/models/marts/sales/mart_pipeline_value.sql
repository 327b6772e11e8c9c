-- What the negotiations under way can be expected to bring: open deals weighted by how often deals that were in their
-- step were won in our own history, and contacts without a deal by how often contacts became customers. The CRM's
-- probability is somebody's guess and is not used.
with opportunities as (
    select * from {{ ref('fct_opportunity') }}
    where not is_refund and sale_kind = 'deal'
),

steps as (
    select source, pipeline_key, stage, stage_order
    from {{ ref('int_pipeline_step') }}
    where {{ data_as_of() }} >= valid_from and {{ data_as_of() }} < valid_to
),

contacts as (
    select person_id, contacted_on from {{ ref('int_person_contact') }}
    where contacted_on is not null
),

-- A contact is judged once it had the time to become a customer, by whether it did within that time.
contact_facts as (
    select
        contacts.person_id,
        contacts.contacted_on,
        origins.channel,
        coalesce(
            origins.first_won_on between contacts.contacted_on
            and contacts.contacted_on + {{ var('contact_judged_days') }},
            false
        ) as is_won,
        deals.person_id is not null as has_deal
    from contacts
    left join {{ ref('int_person_origin') }} as origins on contacts.person_id = origins.person_id
    left join (select distinct person_id from opportunities) as deals on contacts.person_id = deals.person_id
),

history as (
    select pipeline, stage, sum(closed_before) as closed_before, sum(won_before) as won_before
    from {{ ref('int_step_outcome') }}
    where entity_type = 'opportunity'
    group by pipeline, stage
    union all
    select '(contacts)', 'Contacted', count(*), count(*) filter (where is_won)
    from contact_facts
    where contacted_on <= {{ data_as_of() }} - {{ var('contact_judged_days') }}
),

tickets as (
    select
        sum(bookings) as booked,
        sum(won_deals - won_deals_zero) as won_deals,
        {{ safe_divide('sum(gross_margin)', 'sum(revenue_with_cost)') }} as margin_of_sales
    from {{ ref('mart_sales_results') }}
    where sale_kind = 'deal'
),

-- Contacts that have no deal yet are worth an average deal; those that have one are in its step.
open_items as (
    select
        -- Who never dated a deal still says in which step it is.
        coalesce(intervals.pipeline, nullif(trim(opportunities.pipeline), ''), '(default)') as pipeline,
        coalesce(intervals.stage, opportunities.stage) as stage,
        coalesce(intervals.stage_order, steps.stage_order) as stage_order,
        opportunities.team,
        opportunities.channel,
        opportunities.amount_reporting as amount
    from opportunities
    left join {{ ref('fct_stage_interval') }} as intervals
        on
            opportunities.opportunity_id = intervals.opportunity_id
            and intervals.entity_type = 'opportunity'
            and intervals.is_current
    left join steps
        on
            opportunities.source = steps.source
            and coalesce(lower(trim(opportunities.pipeline)), '') = steps.pipeline_key
            and opportunities.stage = steps.stage
    where opportunities.status = 'open'
    union all
    select
        '(contacts)',
        'Contacted',
        0,
        'Unknown',
        coalesce(contact_facts.channel, 'Unknown'),
        {{ round_reporting('tickets.booked / nullif(tickets.won_deals, 0)') }}
    from contact_facts
    cross join tickets
    where
        not contact_facts.has_deal
        and contact_facts.contacted_on > {{ data_as_of() }} - {{ var('contact_judged_days') }}
),

cuts as (
    select *, 'total' as dimension_type, 'All' as dimension_key from open_items
    union all
    select *, 'team', team from open_items
    union all
    select *, 'channel', channel from open_items
),

summed as (
    select
        cuts.dimension_type,
        cuts.dimension_key,
        cuts.pipeline,
        cuts.stage,
        max(cuts.stage_order) as stage_order,
        count(*) as open_count,
        count(*) filter (where cuts.amount is null) as open_without_amount,
        cast(coalesce(sum(cuts.amount), 0) as decimal(18, 2)) as open_amount
    from cuts
    group by cuts.dimension_type, cuts.dimension_key, cuts.pipeline, cuts.stage
),

final as (
    select
        summed.dimension_type,
        summed.dimension_key,
        summed.pipeline,
        summed.stage,
        cast(summed.stage_order as bigint) as stage_order,
        summed.open_count,
        summed.open_without_amount,
        summed.open_amount,
        cast(coalesce(history.closed_before, 0) as bigint) as closed_before,
        cast(coalesce(history.won_before, 0) as bigint) as won_before,
        {{ safe_divide('history.won_before', 'history.closed_before') }} as stage_win_rate,
        coalesce(history.closed_before, 0) < {{ var('min_n') }} as is_low_n,
        {{ round_reporting(
            'cast(summed.open_amount as decimal(28, 2)) * cast(history.won_before as decimal(18, 0))
            / nullif(history.closed_before, 0)'
        ) }} as weighted_amount,
        tickets.margin_of_sales,
        {{ round_reporting(
            'summed.open_amount * ' ~ safe_divide('history.won_before', 'history.closed_before')
            ~ ' * tickets.margin_of_sales'
        ) }} as expected_margin,
        {{ data_as_of() }} as data_as_of
    from summed
    left join history on summed.pipeline = history.pipeline and summed.stage = history.stage
    cross join tickets
)

select * from final
