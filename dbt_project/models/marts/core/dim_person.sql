-- Persons without anything that names them: no name, address, phone or hash.
with persons as (
    select * from {{ ref('int_person') }}
),

origins as (
    select * from {{ ref('int_person_origin') }}
),

final as (
    select
        persons.person_id,
        persons.lead_created_at is not null as is_lead,
        persons.lead_created_on,
        persons.lead_created_at,
        persons.lead_records,
        persons.records as crm_records,
        persons.account_id,
        persons.country_code,
        persons.region,
        origins.channel,
        origins.channel_evidence,
        origins.lead_source,
        origins.campaign_id as origin_campaign_id,
        origins.campaign_name as origin_campaign_name,
        origins.department as origin_department,
        origins.has_form as has_filled_form,
        {{ business_day('persons.converted_at') }} as converted_on,
        origins.first_won_on,
        {{ data_as_of() }} as data_as_of
    from persons
    left join origins on persons.person_id = origins.person_id
)

select * from final
