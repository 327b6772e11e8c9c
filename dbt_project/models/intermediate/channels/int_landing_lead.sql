-- Leads whose first page on the website the CRM knows, with that page and the channel they came by.
with records as (
    select lead_id as record_id, first_page, created_at from {{ ref('stg_crm_leads') }}
    union all
    select contact_id, first_page, created_at from {{ ref('stg_crm_contacts') }}
),

pages as (
    select
        links.person_id,
        {{ landing_path('records.first_page') }} as landing_page
    from records
    inner join {{ ref('int_person_link') }} as links on records.record_id = links.record_id
    where records.first_page is not null
    qualify row_number() over (partition by links.person_id order by records.created_at, records.record_id) = 1
),

final as (
    select
        pages.person_id,
        pages.landing_page,
        origins.channel,
        origins.lead_created_on
    from pages
    inner join {{ ref('int_person_origin') }} as origins on pages.person_id = origins.person_id
)

select * from final
