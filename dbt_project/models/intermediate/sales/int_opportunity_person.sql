-- Persons of each opportunity: by conversion, as its contact, by a contact role, or by the address an order was placed
-- with. The origin person is the first of
-- these kinds; within a kind the primary one, then the earliest.
with opportunities as (
    select * from {{ ref('int_opportunity_base') }}
),

links as (
    select * from {{ ref('int_person_link') }}
),

candidates as (
    select
        leads.converted_opportunity_id as opportunity_id,
        links.person_id,
        1 as link_rank,
        leads.created_at as linked_at
    from {{ ref('stg_crm_leads') }} as leads
    inner join links on links.record_kind = 'lead' and leads.lead_id = links.record_id
    where leads.converted_opportunity_id is not null
    union all
    select opportunities.opportunity_id, links.person_id, 2, opportunities.created_at
    from opportunities
    inner join links on links.record_kind = 'contact' and opportunities.contact_id = links.record_id
    union all
    select opportunity_id, order_person_id, 1, created_at
    from opportunities
    where order_person_id is not null
    union all
    select roles.opportunity_id, links.person_id, case when roles.is_primary then 3 else 4 end, roles.created_at
    from {{ ref('stg_crm_contact_roles') }} as roles
    inner join links on links.record_kind = 'contact' and roles.contact_id = links.record_id
),

strongest as (
    select *
    from candidates
    qualify row_number() over (
        partition by opportunity_id, person_id order by link_rank, linked_at nulls last
    ) = 1
),

final as (
    select
        opportunities.opportunity_id,
        strongest.person_id,
        strongest.link_rank,
        row_number() over (
            partition by opportunities.opportunity_id
            order by strongest.link_rank, strongest.linked_at nulls last, strongest.person_id
        ) = 1 as is_origin,
        opportunities.status,
        opportunities.is_won,
        opportunities.is_refund,
        opportunities.created_on,
        opportunities.closed_on
    from strongest
    inner join opportunities on strongest.opportunity_id = opportunities.opportunity_id
)

select * from final
