{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- One row per person; what is said about a person as a lead comes from the person's first lead record.
with links as (
    select * from {{ ref('int_person_link') }}
    {{ where_touched('person_id') }}
),

creations as (
    select links.person_id, creations.*
    from {{ ref('int_lead_creation') }} as creations
    inner join links on creations.record_id = links.record_id and creations.record_kind = links.record_kind
    {{ where_touched('creations.record_id') }}
),

-- One record for most: only who has several is worth a sort of them.
lead_records as (
    select person_id, max(form_submissions) as form_submissions_max, count(*) as lead_records
    from creations
    group by person_id
),

first_leads as (
    select creations.*, lead_records.form_submissions_max, lead_records.lead_records
    from creations
    inner join lead_records on creations.person_id = lead_records.person_id
    where lead_records.lead_records = 1
    union all
    select creations.*, lead_records.form_submissions_max, lead_records.lead_records
    from creations
    inner join lead_records on creations.person_id = lead_records.person_id
    where lead_records.lead_records > 1
    qualify row_number() over (
        partition by creations.person_id
        order by creations.lead_created_at nulls last, creations.record_id
    ) = 1
),

contacts as (
    select
        links.person_id,
        contacts.account_id,
        contacts.country,
        contacts.created_at
    from {{ ref('stg_crm_contacts') }} as contacts
    inner join links on links.record_kind = 'contact' and contacts.contact_id = links.record_id
    {{ where_touched('contacts.contact_id') }}
    qualify row_number() over (
        partition by links.person_id
        order by contacts.account_id is null, contacts.created_at nulls last, contacts.contact_id
    ) = 1
),

conversions as (
    select
        links.person_id,
        min(leads.converted_at) as converted_at,
        arg_min(leads.converted_account_id, (leads.converted_at, leads.lead_id))
        filter (where leads.converted_account_id is not null) as account_id
    from {{ ref('stg_crm_leads') }} as leads
    inner join links on links.record_kind = 'lead' and leads.lead_id = links.record_id
    where leads.is_converted {{ and_touched('leads.lead_id') }}
    group by links.person_id
),

persons as (
    select person_id, count(*) as records
    from links
    group by person_id
),

countries as (
    select * from {{ ref('countries') }}
),

final as (
    select
        persons.person_id,
        persons.records,
        coalesce(first_leads.lead_records, 0) as lead_records,
        first_leads.record_id as first_lead_record_id,
        first_leads.record_kind as first_lead_record_kind,
        first_leads.source,
        first_leads.lead_created_at,
        {{ business_day('first_leads.lead_created_at') }} as lead_created_on,
        first_leads.lead_source,
        first_leads.campaign_id as lead_campaign_id,
        first_leads.department as department_label,
        first_leads.form_submissions_max as form_submissions,
        first_leads.owner_id,
        first_leads.owner_name,
        conversions.converted_at,
        coalesce(contacts.account_id, conversions.account_id) as account_id,
        case
            when contacts.account_id is null then conversions.converted_at
            else coalesce(contacts.created_at, conversions.converted_at)
        end as account_known_at,
        coalesce(countries.country_code, 'Unknown') as country_code,
        coalesce(countries.region, 'Unknown') as region
    from persons
    left join first_leads on persons.person_id = first_leads.person_id
    left join contacts on persons.person_id = contacts.person_id
    left join conversions on persons.person_id = conversions.person_id
    left join countries
        on {{ country_key('coalesce(first_leads.country, contacts.country)') }} = countries.country_label
)

select * from final
