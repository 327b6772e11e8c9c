-- Which lead or contact is which person: the same through conversion or through the same e-mail address (its hash).
-- Merges are resolved in staging already. An address is a node of its own, so that a shared one costs a line per record,
-- not per pair.

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

-- `lead|` and `contact|` keep ids of the two kinds apart; `~email|` sorts behind both and never names a person.
one_way as (
    select record_kind || '|' || record_id as a, record_kind || '|' || record_id as b from records
    union all
    select record_kind || '|' || record_id, '~email|' || email_hash from records where email_hash is not null
    union all
    select 'lead|' || lead_id, 'contact|' || converted_contact_id from conversions
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
        records.record_id,
        records.record_kind,
        substr(components.component, strpos(components.component, '|') + 1) as person_id
    from records
    inner join components on components.node = records.record_kind || '|' || records.record_id
)

select * from final
