{{
    config(meta={
        'key': 'a',
        'patch': {
            'inputs': {
                'stg_crm_leads': "
                    select unnest(['1|' || lead_id, '2|' || converted_contact_id, '3|' || email_hash])
                    from {stg_crm_leads} where lead_id in {changes}
                    union all
                    select b from {this} where left(a, 2) = '1|' and substr(a, 3) in {changes}",
                'stg_crm_contacts': "
                    select unnest(['2|' || contact_id, '3|' || email_hash])
                    from {stg_crm_contacts} where contact_id in {changes}
                    union all
                    select '1|' || lead_id from {stg_crm_leads} where converted_contact_id in {changes}
                    union all
                    select b from {this} where left(a, 2) = '2|' and substr(a, 3) in {changes}",
            },
            'restrict': [
                ['stg_crm_leads', "
                    '1|' || lead_id in {keys} or '2|' || converted_contact_id in {keys} or '3|' || email_hash in {keys}"],
                ['stg_crm_contacts', "
                    '2|' || contact_id in {keys} or '3|' || email_hash in {keys}
                    or contact_id in (select converted_contact_id from temp.stg_crm_leads)"],
            ]
        }
    })
}}
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
