-- New leads by where they came from: one row per day, channel, source, campaign, department and region.
with origins as (
    select * from {{ ref('int_person_origin') }}
),

contacts as (
    select * from {{ ref('int_person_contact') }}
),

contact_sources as (
    select source from {{ ref('int_contact_source') }}
),

final as (
    select
        origins.lead_created_on as date_day,
        origins.channel,
        origins.source,
        coalesce(origins.campaign_id, '(none)') as campaign_id,
        coalesce(min(origins.campaign_name), '(none)') as campaign_name,
        origins.department,
        origins.region,
        count(*) as leads,
        case when count(origins.has_form) > 0 then count(*) filter (where origins.has_form) end as leads_with_form,
        count(*) filter (where origins.has_form is null) as leads_form_unknown,
        cast(sum(origins.form_submissions) as bigint) as form_submissions,
        -- Without activities of the CRM nobody can say who was addressed.
        case when count(contact_sources.source) > 0 then count(contacts.contacted_on) end as leads_contacted,
        {{ safe_divide(
            'case when count(contact_sources.source) > 0 then count(contacts.contacted_on) end', 'count(*)'
        ) }} as contacted_rate_cohort,
        cast(
            case when count(contact_sources.source) > 0 then coalesce(sum(contacts.automated_contacts), 0) end as bigint
        ) as automated_contacts,
        count(*) filter (where origins.first_won_on is not null) as leads_won,
        {{ data_as_of() }} as data_as_of
    from origins
    left join contacts on origins.person_id = contacts.person_id
    left join contact_sources on origins.source = contact_sources.source
    where origins.lead_created_on <= {{ data_as_of() }}
    group by
        origins.lead_created_on, origins.channel, origins.source, coalesce(origins.campaign_id, '(none)'),
        origins.department, origins.region
)

select * from final
