-- The tags (utm) of the visit by which each lead became known, as the lead's first record keeps them: its campaign and
-- its channel by the rules for visits. Leads without any tag have no row. The campaign is one that something else knows
-- by this name or id: if tags of leads named campaigns, every new lead would have all ads read again.
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

campaign_names as (
    select
        {{ normalised_campaign('record_name') }} as campaign_name,
        1 as preference,
        authority,
        campaign_id
    from {{ ref('int_campaign_record') }}
    union all
    select {{ normalised_campaign("regexp_replace(record_id, '^' || source || ':', '')") }}, 2, authority, campaign_id
    from {{ ref('int_campaign_record') }}
    where has_native_id
),

campaigns as (
    select campaign_name, arg_min(campaign_id, (preference, authority, campaign_id)) as campaign_id
    from campaign_names
    where campaign_name is not null
    group by campaign_name
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
    left join campaigns on {{ normalised_campaign('tagged.utm_campaign') }} = campaigns.campaign_name
)

select * from final
