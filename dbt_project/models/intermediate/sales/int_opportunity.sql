-- Every opportunity with the dimensions it is cut by, as of its close where it is closed (G16).
with opportunities as (
    select * from {{ ref('int_opportunity_base') }}
),

owners as (
    select * from {{ ref('int_opportunity_owner') }}
),

origins as (
    select * from {{ ref('int_person_origin') }}
),

origin_persons as (
    select links.opportunity_id, links.person_id
    from {{ ref('int_opportunity_person') }} as links
    where links.is_origin
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

source_channels as (
    {{ match_channels(ref('int_opportunity_base'), 'lead_source', 'source', 'origin_label') }}
),

-- For deals without a lead: the first campaign one of their persons had joined by then.
responses as (
    select
        links.opportunity_id,
        coalesce(known.conformed_campaign_id, joined.campaign_id) as campaign_id,
        joined.channel
    from {{ ref('int_opportunity_person') }} as links
    inner join opportunities on links.opportunity_id = opportunities.opportunity_id
    inner join {{ ref('int_campaign_response') }} as joined
        on
            links.person_id = joined.person_id
            and opportunities.created_at >= joined.joined_at
    left join campaigns as known on joined.campaign_id = known.campaign_id
    where joined.channel <> 'Unknown'
    qualify row_number() over (
        partition by links.opportunity_id order by joined.joined_at, joined.campaign_member_id
    ) = 1
),

addresses as (
    select * from {{ ref('stg_crm_account_versions') }}
),

countries as (
    select * from {{ ref('countries') }}
),

regions as (
    select distinct lower(region) as region_key, region from countries
),

distribution as (
    select * from {{ ref('distribution_channels') }}
),

{%- set configured, alternate = ('shipping', 'billing') if var('region_address') == 'shipping'
    else ('billing', 'shipping') %}

located as (
    select
        opportunities.*,
        addresses.segment,
        coalesce(regions.region, named_countries.region, own_countries.region, 'Unknown') as region,
        coalesce(other_countries.region, 'Unknown') as region_alternate,
        coalesce(own_countries.country_code, 'Unknown') as country_code
    from opportunities
    left join addresses
        on
            opportunities.account_id = addresses.account_id
            and coalesce(opportunities.closed_on, {{ data_as_of() }}) >= addresses.valid_from
            and coalesce(opportunities.closed_on, {{ data_as_of() }}) < addresses.valid_to
    left join regions on lower(trim(opportunities.region_label)) = regions.region_key
    left join countries as named_countries
        on lower(trim(opportunities.region_label)) = named_countries.country_label
    left join countries as own_countries
        on lower(trim(addresses.{{ configured }}_country)) = own_countries.country_label
    left join countries as other_countries
        on lower(trim(addresses.{{ alternate }}_country)) = other_countries.country_label
),

origins_known as (
    select
        located.*,
        coalesce(distribution.distribution_channel, 'Unknown') as distribution_channel,
        owners.rep_id,
        owners.rep_name,
        owners.team,
        origin_persons.person_id,
        origins.lead_created_on,
        origins.department as origin_department,
        coalesce(
            nullif(origins.channel, 'Unknown'),
            nullif(campaigns.channel, 'Unknown'),
            nullif(source_channels.channel, 'Unknown'),
            responses.channel,
            'Unknown'
        ) as channel,
        coalesce(
            origins.campaign_id, campaigns.conformed_campaign_id, located.campaign_id, responses.campaign_id
        ) as origin_campaign_id
    from located
    left join owners on located.opportunity_id = owners.opportunity_id
    left join origin_persons on located.opportunity_id = origin_persons.opportunity_id
    left join origins on origin_persons.person_id = origins.person_id
    left join campaigns on located.campaign_id = campaigns.campaign_id
    left join source_channels
        on
            located.source = source_channels.rule_source
            and located.origin_label is not distinct from source_channels.rule_value
    left join responses on located.opportunity_id = responses.opportunity_id
    left join distribution on lower(trim(located.distribution_channel_label)) = distribution.label
),

final as (
    select
        *,
        status = 'won' and not is_refund and row_number() over (
            partition by account_key, status, is_refund order by closed_on, opportunity_id
        ) = 1 and account_key is not null as is_new_account
    from origins_known
)

select * from final
