{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- Which lead or contact is which person: the same through conversion or through the same e-mail address (its hash),
-- over any chain. Merges are resolved in staging already.
with leads as (
    select * from {{ ref('stg_crm_leads') }}
    {{ where_touched('lead_id') }}
),

contacts as (
    select * from {{ ref('stg_crm_contacts') }}
    {{ where_touched('contact_id') }}
),

-- A person is named after its smallest lead, else its smallest contact, so that a conversion does not rename anybody.
-- An address is a node, too, but never a name: a shared one costs a line per record, not per pair of records.
records as (
    select '1|' || lead_id as node, email_hash from leads
    union all
    select '2|' || contact_id, email_hash from contacts
),

one_way as (
    select node as a, node as b from records
    union all
    select node, '3|' || email_hash
    from records
    where email_hash is not null
    union all
    select '1|' || leads.lead_id, '2|' || leads.converted_contact_id
    from leads
    inner join contacts on leads.converted_contact_id = contacts.contact_id
),

-- Both directions, and each node with itself.
edges as materialized (
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
        substr(node, 3) as record_id,
        case left(node, 2) when '1|' then 'lead' else 'contact' end as record_kind,
        substr(component, 3) as person_id
    from components
    where left(node, 2) <> '3|'
)

select * from final
