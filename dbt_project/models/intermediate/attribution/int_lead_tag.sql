-- The tags (utm) of the visit by which each lead became known, as the lead's first record keeps them: its campaign and
-- its channel by the rules for visits. Leads without any tag have no row.
with persons as (
    select person_id, first_lead_record_id, first_lead_record_kind
    from {{ ref('int_person') }}
    where first_lead_record_id is not null
),

records as (
    select lead_id as record_id, 'lead' as record_kind, source, utm_source, utm_medium, utm_campaign
    from {{ ref('stg_crm_leads') }}
    union all
    select contact_id, 'contact', source, utm_source, utm_medium, utm_campaign
    from {{ ref('stg_crm_contacts') }}
),

tagged as (
    select
        persons.person_id,
        records.source,
        records.utm_source,
        records.utm_medium,
        records.utm_campaign,
        concat_ws(
            ' / ', coalesce(records.utm_source, '(unknown)'), coalesce(records.utm_medium, '(unknown)'),
            coalesce(records.utm_campaign, '(unknown)')
        ) as source_medium
    from persons
    inner join records
        on
            persons.first_lead_record_id = records.record_id
            and persons.first_lead_record_kind = records.record_kind
    where coalesce(records.utm_source, records.utm_medium, records.utm_campaign) is not null
),

channels as (
    {{ match_channels('tagged', 'web_source_medium', 'source', 'source_medium') }}
),

final as (
    select
        tagged.person_id,
        tagged.utm_source,
        tagged.utm_medium,
        campaigns.campaign_id,
        coalesce(channels.channel, 'Unassigned') as channel
    from tagged
    left join channels
        on tagged.source = channels.rule_source and tagged.source_medium = channels.rule_value
    {{ campaign_join('lead', 'tagged.source', normalised_campaign('tagged.utm_campaign')) }}
)

select * from final
