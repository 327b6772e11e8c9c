{{ config(tags=['dated']) }}
-- The stays of each opportunity in the steps of its pipeline. History rows that repeat a step (they log amounts and
-- dates, too) are one stay; rows of one instant are taken in the order of their ids. A refund is not a deal, nor is an
-- order, which nobody negotiates.
with opportunities as (
    select * from {{ ref('int_opportunity_base') }}
    where not is_refund and sale_kind = 'deal'
),

history as (
    select *
    from {{ ref('stg_crm_opportunity_history') }}
    where changed_at is not null
),

last_recorded as (
    select opportunity_id, max(changed_at) as changed_at
    from history
    group by opportunity_id
),

terminal as (
    select distinct opportunity_id from history
    where stage_type in ('won', 'lost')
),

events as (
    select
        history.opportunity_id,
        history.opportunity_history_id as event_id,
        history.changed_at as entered_at,
        history.canonical_stage,
        history.stage_order,
        history.stage_type,
        'history' as evidence
    from history
    inner join opportunities on history.opportunity_id = opportunities.opportunity_id
    union all
    -- No history: an open deal counts from its creation in the step it is in now.
    select
        opportunities.opportunity_id, opportunities.opportunity_id, opportunities.created_at,
        opportunities.canonical_stage, null, 'open', 'current_status'
    from opportunities
    left join last_recorded on opportunities.opportunity_id = last_recorded.opportunity_id
    where
        last_recorded.opportunity_id is null
        and opportunities.status = 'open'
        and opportunities.created_at is not null
    union all
    -- Closed without a recorded end: the close date is what is known.
    select
        opportunities.opportunity_id, opportunities.opportunity_id || '#close',
        greatest(
            {{ start_of_business_day('opportunities.closed_on') }},
            coalesce(last_recorded.changed_at, timestamp '0001-01-01')
        ),
        case opportunities.status when 'won' then 'Won' else 'Lost' end, null, opportunities.status, 'close_date'
    from opportunities
    left join last_recorded on opportunities.opportunity_id = last_recorded.opportunity_id
    left join terminal on opportunities.opportunity_id = terminal.opportunity_id
    where opportunities.status <> 'open' and terminal.opportunity_id is null
),

compared as (
    select
        *,
        lag(canonical_stage) over (partition by opportunity_id order by entered_at, event_id) as stage_before
    from events
    where {{ business_day('entered_at') }} <= {{ data_as_of() }}
),

changes as (
    select * from compared
    where stage_before is distinct from canonical_stage
),

final as (
    select
        opportunity_id,
        canonical_stage,
        stage_order,
        stage_type,
        evidence,
        row_number() over (partition by opportunity_id order by entered_at, event_id) as stay_number,
        row_number() over (
            partition by opportunity_id, canonical_stage order by entered_at, event_id
        ) as entry_number,
        entered_at,
        {{ business_day('entered_at') }} as entered_on,
        lead(entered_at) over (partition by opportunity_id order by entered_at, event_id) as exited_at,
        lead(canonical_stage) over (partition by opportunity_id order by entered_at, event_id) as next_stage
    from changes
)

select * from final
