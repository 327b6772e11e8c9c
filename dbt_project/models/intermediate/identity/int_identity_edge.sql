-- What says that two things are one person: a conversion, or an e-mail address (its hash). An address is a node of its
-- own, so that a shared one costs a line per record, not per pair. Both directions, and each node with itself.

with records as (
    -- A person is named after its smallest lead, else its smallest contact, so that a conversion does not rename
    -- anybody; an address is a node, too, but never a name.
    select '1|' || lead_id as node, email_hash from {{ ref('stg_crm_leads') }}
    union all
    select '2|' || contact_id, email_hash from {{ ref('stg_crm_contacts') }}
),

one_way as (
    select node as a, node as b from records
    union all
    select node, '3|' || email_hash
    from records
    where email_hash is not null
    union all
    select '1|' || leads.lead_id, '2|' || leads.converted_contact_id
    from {{ ref('stg_crm_leads') }} as leads
    inner join {{ ref('stg_crm_contacts') }} as contacts on leads.converted_contact_id = contacts.contact_id
),

final as (
    select a, b from one_way
    union
    select b, a from one_way
    union
    select b, b from one_way
)

select * from final
