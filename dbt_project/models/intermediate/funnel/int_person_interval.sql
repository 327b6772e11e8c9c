{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- The life of each lead as one unbroken line: the stays of int_person_stage, where a stay as Opportunity is divided by
-- what became of the person's deals (won: Customer; all lost: Lost; a new one: Opportunity again) and of the customer
-- (Retained, Churned, Customer again), and with the stages that were skipped, which are passed in no time (G7).
with stays as (
    select * from {{ ref('int_person_stage') }}
    {{ where_touched('person_id') }}
),

entries as (
    select * from {{ ref('int_stage_entry') }}
    where unit = 'person' and is_imputed {{ and_touched('unit_id') }}
),

opportunity_stays as (
    select person_id, stay_number, entered_at, coalesce(exited_at, timestamp '9999-12-31') as ends_at
    from stays
    where funnel_stage = 'Opportunity'
),

beginnings as (
    select person_id, min(entered_at) as began_at
    from stays
    group by person_id
),

closings as (
    select opportunity_id, stage_type, max(entered_at) as closed_at
    from {{ ref('int_opportunity_stage') }}
    where stage_type in ('won', 'lost')
    group by opportunity_id, stage_type
),

-- What was closed before the person became a lead is not a result of the lead.
deals as (
    select
        links.person_id,
        links.opportunity_id,
        bases.status,
        coalesce(bases.created_at, timestamp '0001-01-01') as opened_at,
        case
            when bases.status <> 'open'
                then coalesce(closings.closed_at, {{ start_of_business_day('bases.closed_on') }})
        end as closed_at
    from {{ ref('int_opportunity_person') }} as links
    inner join {{ ref('int_opportunity_base') }} as bases on links.opportunity_id = bases.opportunity_id
    inner join beginnings on links.person_id = beginnings.person_id
    left join closings on links.opportunity_id = closings.opportunity_id and bases.status = closings.stage_type
    where
        not bases.is_refund
        and (bases.status = 'open' or bases.closed_on >= {{ business_day('beginnings.began_at') }})
),

-- A deal ends in the stay it is closed in, or in the next one where it was closed in between.
ended as (
    select deals.person_id, deals.opportunity_id, min(opportunity_stays.stay_number) as stay_number
    from deals
    inner join opportunity_stays
        on deals.person_id = opportunity_stays.person_id and deals.closed_at < opportunity_stays.ends_at
    group by deals.person_id, deals.opportunity_id
),

-- What subscriptions say: begun (again), paid for so long that the customer is kept, ended for good.
turns as (
    select
        person_id,
        unnest([3, 4, 5]) as kind,
        {{ start_of_business_day('unnest([subscribed_on, retained_on, churned_on])') }} as turned_at
    from {{ ref('int_person_subscription') }}
),

moves as (
    select
        deals.person_id,
        opportunity_stays.stay_number,
        greatest(deals.opened_at, opportunity_stays.entered_at) as moved_at,
        deals.opportunity_id,
        1 as kind,
        1 as deals_open,
        false as is_won
    from deals
    inner join opportunity_stays
        on deals.person_id = opportunity_stays.person_id and deals.opened_at < opportunity_stays.ends_at
    left join ended on deals.person_id = ended.person_id and deals.opportunity_id = ended.opportunity_id
    where deals.closed_at is null or opportunity_stays.stay_number <= ended.stay_number
    union all
    select
        deals.person_id,
        ended.stay_number,
        greatest(deals.closed_at, deals.opened_at, opportunity_stays.entered_at),
        deals.opportunity_id,
        2,
        -1,
        deals.status = 'won'
    from ended
    inner join deals on ended.person_id = deals.person_id and ended.opportunity_id = deals.opportunity_id
    inner join opportunity_stays
        on ended.person_id = opportunity_stays.person_id and ended.stay_number = opportunity_stays.stay_number
    where greatest(deals.closed_at, deals.opened_at) < opportunity_stays.ends_at
    union all
    select turns.person_id, opportunity_stays.stay_number, turns.turned_at, '', turns.kind, 0, false
    from turns
    inner join opportunity_stays
        on
            turns.person_id = opportunity_stays.person_id
            and turns.turned_at >= opportunity_stays.entered_at
            and turns.turned_at < opportunity_stays.ends_at
),

counted as (
    select
        person_id,
        stay_number,
        moved_at,
        kind,
        opportunity_id,
        sum(deals_open) over so_far as deals_open,
        count(*) filter (where kind = 1) over so_far as deals_so_far,
        is_won,
        bool_or(is_won) over so_far as has_won,
        count(*) filter (where kind = 5) over so_far as churns
    from moves
    window so_far as (
        partition by person_id, stay_number order by moved_at, kind, opportunity_id
        rows between unbounded preceding and current row
    )
),

-- Somebody is a customer by the first win, and again by a win or a subscription after having churned.
cycles as (
    select
        *,
        min(moved_at) filter (where is_won or (kind = 3 and churns > 0 and has_won)) over (
            partition by person_id, stay_number, churns
        ) as customer_since
    from counted
),

-- Kept is who pays long enough, or buys again so much later.
kept as (
    select
        *,
        bool_or(
            kind = 4 or (is_won and moved_at >= customer_since + interval ({{ var('retained_after_days') }}) day)
        ) over (
            partition by person_id, stay_number, churns order by moved_at, kind, opportunity_id
            rows between unbounded preceding and current row
        ) as is_kept
    from cycles
),

-- Of several moves in one instant the last one counts.
states as (
    select
        person_id,
        stay_number,
        moved_at,
        case
            when not has_won and deals_open <= 0 then 'Lost'
            when not has_won then 'Opportunity'
            when is_kept then 'Retained'
            when moved_at >= customer_since then 'Customer'
            else 'Churned'
        end as stage
    from kept
    -- What subscriptions say of somebody without a deal changes no stage.
    where deals_so_far > 0
    qualify row_number() over (
        partition by person_id, stay_number, moved_at order by kind desc, opportunity_id desc
    ) = 1
),

pieces as (
    select person_id, stay_number, 0 as piece, entered_at, funnel_stage as stage, evidence
    from stays
    union all
    select person_id, stay_number, 1, moved_at, stage, 'opportunity'
    from states
),

compared as (
    select
        *,
        lag(stage) over (partition by person_id order by stay_number, piece, entered_at) as stage_before
    from pieces
),

-- The stages that a stay skipped come right before it.
passed as (
    select
        entries.unit_id as person_id,
        min(stays.stay_number) as stay_number,
        entries.entered_at,
        entries.funnel_stage as stage
    from entries
    inner join stays
        on
            entries.unit_id = stays.person_id
            and entries.entered_at = stays.entered_at
            and entries.stage_order < stays.stage_order
    where stays.funnel_stage in ('MQL', 'SAL', 'Opportunity')
    group by entries.unit_id, entries.entered_at, entries.funnel_stage
),

lines as (
    select person_id, stay_number, piece, entered_at, stage, evidence, false as is_imputed
    from compared
    where stage_before is distinct from stage
    union all
    select person_id, stay_number, piece, entered_at, 'Customer', 'none', true
    from compared
    where
        stage in ('Retained', 'Churned')
        and stage_before not in ('Customer', 'Retained', 'Churned')
    union all
    select person_id, stay_number, -1, entered_at, stage, 'none', true
    from passed
),

order_of_stages as (
    select funnel_stage as stage, stage_order, stage_type, sla_days
    from {{ ref('funnel_stages') }}
    where funnel_stage <> 'Won'
),

final as (
    select
        lines.person_id,
        row_number() over line as interval_number,
        lines.stage,
        cast(order_of_stages.stage_order as bigint) as stage_order,
        order_of_stages.stage_type,
        cast(order_of_stages.sla_days as bigint) as sla_days,
        lines.entered_at,
        lead(lines.entered_at) over line as left_at,
        lines.is_imputed,
        lines.evidence
    from lines
    inner join order_of_stages on lines.stage = order_of_stages.stage
    window line as (
        partition by lines.person_id
        order by lines.stay_number, lines.piece, lines.entered_at, order_of_stages.stage_order
    )
)

select * from final
