-- Records that share an address, or a lead and the contact it became, are one person.
with links as (
    select * from {{ ref('int_person_link') }}
),

addresses as (
    select lead_id as record_id, 'lead' as record_kind, email_hash from {{ ref('stg_crm_leads') }}
    union all
    select contact_id, 'contact', email_hash from {{ ref('stg_crm_contacts') }}
)

select addresses.email_hash as shared, count(distinct links.person_id) as persons
from addresses
inner join links using (record_id, record_kind)
where addresses.email_hash is not null
group by addresses.email_hash
having count(distinct links.person_id) > 1
union all
select leads.lead_id, 2
from {{ ref('stg_crm_leads') }} as leads
inner join links as of_lead on of_lead.record_kind = 'lead' and leads.lead_id = of_lead.record_id
inner join links as of_contact
    on of_contact.record_kind = 'contact' and leads.converted_contact_id = of_contact.record_id
where of_lead.person_id <> of_contact.person_id
