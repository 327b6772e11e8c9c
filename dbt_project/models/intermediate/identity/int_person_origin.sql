{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='person_id',
        pre_hook="{{ delete_touched('person_id') }}"
    )
}}
-- Where each lead came from: its originating campaign, else what the CRM says about its source.
with persons as (
    select * from {{ ref('int_person') }}
    where lead_created_at is not null {{ and_touched('person_id') }}
),

source_channels as (
    {{ match_channels(ref('int_person'), 'lead_source', 'source', 'lead_source') }}
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

-- A campaign that the person answered; being sent one does not count. A membership that began after the lead existed
-- is a later touch; the CRM writes the first one moments after the lead, hence the grace.
first_memberships as (
    select
        responses.person_id,
        responses.campaign_id
    from {{ ref('int_campaign_response') }} as responses
    inner join persons on responses.person_id = persons.person_id
    where
        responses.has_responded
        and responses.joined_at
        <= persons.lead_created_at + interval ({{ var('origin_grace_minutes') }}) minute
        {{ and_touched('responses.person_id') }}
    qualify row_number() over (
        partition by responses.person_id order by responses.joined_at, responses.campaign_member_id
    ) = 1
),

origins as (
    select
        persons.*,
        coalesce(first_memberships.campaign_id, persons.lead_campaign_id) as campaign_id
    from persons
    left join first_memberships on persons.person_id = first_memberships.person_id
),

won as (
    select person_id, min(closed_on) as first_won_on
    from {{ ref('int_opportunity_person') }}
    where is_won and not is_refund {{ and_touched('person_id') }}
    group by person_id
),

departments as (
    select * from {{ ref('departments') }}
),

final as (
    select
        origins.person_id,
        origins.lead_created_on,
        origins.lead_created_at,
        case
            when coalesce(campaigns.channel, 'Unknown') <> 'Unknown' then campaigns.channel
            else coalesce(source_channels.channel, 'Unknown')
        end as channel,
        case
            when coalesce(campaigns.channel, 'Unknown') <> 'Unknown' then 'campaign'
            when coalesce(source_channels.channel, 'Unknown') <> 'Unknown' then 'lead_source'
            else 'none'
        end as channel_evidence,
        origins.source,
        origins.lead_source,
        coalesce(campaigns.conformed_campaign_id, origins.campaign_id) as campaign_id,
        campaigns.campaign_name,
        coalesce(
            departments.department,
            case when nullif(trim(origins.department_label), '') is null then 'Unknown' else 'Other' end
        ) as department,
        origins.form_submissions > 0 as has_form,
        origins.form_submissions,
        won.first_won_on,
        origins.owner_id,
        origins.owner_name,
        origins.account_id,
        origins.country_code,
        origins.region
    from origins
    left join campaigns on origins.campaign_id = campaigns.campaign_id
    left join source_channels
        on
            origins.source = source_channels.rule_source
            and origins.lead_source is not distinct from source_channels.rule_value
    left join departments on lower(trim(origins.department_label)) = departments.label
    left join won on origins.person_id = won.person_id
)

select * from final
