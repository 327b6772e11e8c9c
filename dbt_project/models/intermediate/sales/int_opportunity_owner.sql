{{ config(tags=['dated']) }}
-- Owner of each opportunity as of its close: what the first export on or after the close day says, because accounts are
-- handed over later. Open opportunities have the owner of the newest export.
with opportunities as (
    select * from {{ ref('int_opportunity_base') }}
),

exported as (
    select * from {{ ref('stg_crm_opportunity_owners') }}
),

as_of_close as (
    select
        opportunities.opportunity_id,
        opportunities.source,
        exported.owner_id,
        exported.owner_name
    from opportunities
    inner join exported
        on
            opportunities.opportunity_id = exported.opportunity_id
            and opportunities.closed_on <= exported.exported_on
    qualify row_number() over (
        partition by opportunities.opportunity_id order by exported.exported_on
    ) = 1
),

owners as (
    select
        opportunities.opportunity_id,
        opportunities.source,
        coalesce(opportunities.closed_on, {{ data_as_of() }}) as owned_on,
        case when as_of_close.opportunity_id is null then opportunities.owner_id else as_of_close.owner_id end
            as owner_id,
        case when as_of_close.opportunity_id is null then opportunities.owner_name else as_of_close.owner_name end
            as owner_name
    from opportunities
    left join as_of_close on opportunities.opportunity_id = as_of_close.opportunity_id
),

final as (
    select
        owners.opportunity_id,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        coalesce(aliases.rep_name, 'Unknown') as rep_name,
        coalesce(teams.team, reps.team, 'Unknown') as team
    from owners
    left join {{ ref('int_rep_alias') }} as aliases
        on
            owners.source = aliases.source
            and owners.owner_id is not distinct from aliases.owner_id
            and owners.owner_name is not distinct from aliases.owner_name
    left join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and owners.owned_on >= teams.valid_from
            and owners.owned_on < teams.valid_to
    left join {{ ref('int_sales_rep') }} as reps on aliases.rep_id = reps.rep_id
)

select * from final
