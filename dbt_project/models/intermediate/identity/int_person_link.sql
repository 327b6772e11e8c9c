-- Which lead or contact is which person: the same through conversion or through the same e-mail address (its hash).
-- Merges are resolved in staging already. An address is a node of its own, so that a shared one costs a line per
-- record, not per pair.

with records as (
    select lead_id as record_id, 'lead' as record_kind, email_hash from {{ ref('stg_crm_leads') }}
    union all
    select contact_id, 'contact', email_hash from {{ ref('stg_crm_contacts') }}
),

conversions as (
    select leads.lead_id, leads.converted_contact_id
    from {{ ref('stg_crm_leads') }} as leads
    inner join {{ ref('stg_crm_contacts') }} as contacts on leads.converted_contact_id = contacts.contact_id
),

-- A person is named after its smallest lead, else its smallest contact, so that a conversion does not rename anybody;
-- an address is a node, too, but never a name.
nodes as (
    select *, case record_kind when 'lead' then '1|' else '2|' end || record_id as node
    from records
),

one_way as (
    select node as a, node as b from nodes
    union all
    select node, '3|' || email_hash
    from nodes
    where email_hash is not null
    union all
    select '1|' || lead_id, '2|' || converted_contact_id from conversions
),

edges as (
    select a, b from one_way
    union
    select b, a from one_way
    union
    select b, b from one_way
),

components as (
    {{ connected_components('edges') }}
),

final as (
    select
        nodes.record_id,
        nodes.record_kind,
        substr(components.component, 3) as person_id
    from nodes
    inner join components on nodes.node = components.node
)

select * from final
