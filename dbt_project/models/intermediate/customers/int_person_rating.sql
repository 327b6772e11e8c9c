{{ config(materialized='ephemeral') }}
-- What sales thought of a person as a lead: the rating of the newest lead that has one.
select
    links.person_id,
    max_by(trim(leads.rating), (leads.created_at, leads.lead_id)) as rating
from {{ ref('stg_crm_leads') }} as leads
inner join {{ ref('int_person_link') }} as links on leads.lead_id = links.record_id
where nullif(trim(leads.rating), '') is not null
group by links.person_id
