{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        tags=['dated'],
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- The stays of each lead in the stages Lead, MQL, SAL, Opportunity (converted), Lost and Recycled: half-open, without
-- gaps and overlaps, the last one open (G8). Repeated recordings of one stage are one stay.
with events as (
    select * from {{ ref('int_person_stage_event') }}
    where entered_on <= {{ data_as_of() }} {{ and_touched('person_id') }}
),

order_of_stages as (
    select funnel_stage, stage_order from {{ ref('funnel_stages') }}
),

-- Numbered once, so that the windows below sort a number and not three columns more.
placed as (
    select
        events.person_id,
        events.funnel_stage,
        order_of_stages.stage_order,
        events.stage_type,
        events.evidence,
        events.entered_at,
        row_number() over line as event_number,
        lag(events.stage_type) over line as type_before
    from events
    inner join order_of_stages on events.funnel_stage = order_of_stages.funnel_stage
    window line as (
        partition by events.person_id order by events.entered_at, events.evidence_order, events.event_id
    )
),

-- Another form by somebody who is being worked on moves nobody back; after a loss or recycling it is a new start.
steps as (
    select * exclude (type_before)
    from placed
    where evidence <> 'created' or type_before is null or type_before in ('lost', 'recycle')
),

changes as (
    select *
    from steps
    qualify
        lag(funnel_stage) over (partition by person_id order by event_number) is distinct from funnel_stage
),

stays as (
    select
        person_id,
        funnel_stage,
        stage_order,
        stage_type,
        evidence,
        entered_at,
        row_number() over stays_of_person as stay_number,
        row_number() over (partition by person_id, funnel_stage order by event_number) as entry_number,
        lead(entered_at) over stays_of_person as exited_at,
        lead(funnel_stage) over stays_of_person as next_stage,
        lead(stage_order) over stays_of_person as next_order,
        lead(stage_type) over stays_of_person as next_type
    from changes
    window stays_of_person as (partition by person_id order by event_number)
),

final as (
    select
        person_id,
        funnel_stage,
        stage_order,
        stage_type,
        evidence,
        stay_number,
        entry_number,
        entered_at,
        {{ business_day('entered_at') }} as entered_on,
        exited_at,
        {{ business_day('exited_at') }} as exited_on,
        next_stage,
        case
            when next_stage is null then null
            when next_type = 'lost' then 'lost'
            when next_type = 'recycle' then 'recycled'
            when next_order > stage_order then 'forward'
            else 'back'
        end as exit_kind
    from stays
)

select * from final
