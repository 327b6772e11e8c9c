-- Where each company stands: where the furthest of its people stands, or its furthest deal that belongs to no lead.
-- Running numbers of people per stage, so the cost grows with moves.
with lines as (
    select origins.account_id, own.stage, own.entered_at, own.left_at
    from {{ ref('int_person_interval') }} as own
    inner join {{ ref('int_person_origin') }} as origins on own.person_id = origins.person_id
    where origins.account_id is not null and not own.is_imputed
    union all
    select
        bases.account_id,
        case own.stage_type when 'won' then 'Customer' when 'lost' then 'Lost' else 'Opportunity' end,
        own.entered_at,
        own.left_at
    from {{ ref('int_opportunity_interval') }} as own
    inner join {{ ref('int_opportunity_base') }} as bases on own.opportunity_id = bases.opportunity_id
    left join (
        select distinct links.opportunity_id
        from {{ ref('int_opportunity_person') }} as links
        inner join {{ ref('int_person_interval') }} as people on links.person_id = people.person_id
    ) as with_lead
        on own.opportunity_id = with_lead.opportunity_id
    where bases.account_id is not null and not own.is_imputed and with_lead.opportunity_id is null
),

moves as (
    select account_id, stage, entered_at as moved_at, 1 as people from lines
    union all
    select account_id, stage, left_at, -1 from lines
    where left_at is not null
),

stages as (
    select
        funnel_stage as stage,
        stage_order,
        stage_type,
        -- An open or won stage wins over one of waiting or loss.
        row_number() over (
            order by stage_type in ('won', 'open') desc, stage_order desc, funnel_stage asc
        ) as precedence
    from {{ ref('funnel_stages') }}
    where funnel_stage <> 'Won'
),

counted as (
    select
        moves.account_id,
        moves.moved_at,
        moves.stage,
        sum(sum(moves.people)) over (partition by moves.account_id, moves.stage order by moves.moved_at) as people
    from moves
    group by moves.account_id, moves.stage, moves.moved_at
),

-- How long each stage is held by anybody, then at every move the stage that comes first.
held as (
    select
        counted.account_id, counted.stage, stages.stage_order, stages.stage_type, stages.precedence, counted.moved_at,
        counted.people,
        lead(counted.moved_at) over (partition by counted.account_id, counted.stage order by counted.moved_at) as until
    from counted
    inner join stages on counted.stage = stages.stage
),

instants as (
    select distinct account_id, moved_at from moves
),

standing as (
    select
        instants.account_id,
        instants.moved_at,
        min_by(held.stage, held.precedence) as stage,
        min_by(held.stage_order, held.precedence) as stage_order,
        min_by(held.stage_type, held.precedence) as stage_type
    from instants
    inner join held
        on
            instants.account_id = held.account_id
            and instants.moved_at >= held.moved_at
            and (held.until is null or instants.moved_at < held.until)
            and held.people > 0
    group by instants.account_id, instants.moved_at
),

changes as (
    select *
    from standing
    qualify lag(stage) over (partition by account_id order by moved_at) is distinct from stage
),

final as (
    select
        account_id,
        row_number() over line as interval_number,
        stage,
        cast(stage_order as bigint) as stage_order,
        stage_type,
        moved_at as entered_at,
        lead(moved_at) over line as left_at
    from changes
    window line as (partition by account_id order by moved_at)
)

select * from final
