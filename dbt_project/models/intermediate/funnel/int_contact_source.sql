-- CRMs whose contacts with leads are known: activities of it were loaded, or calls that name its leads. For others
-- nobody can say who was addressed: unknown, not nobody (G3).
select distinct source from {{ ref('stg_crm_activities') }}
union
select origins.source
from {{ ref('int_person_contact') }} as contacts
inner join {{ ref('int_person_origin') }} as origins on contacts.person_id = origins.person_id
