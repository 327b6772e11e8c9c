{{ config(tags=['dated']) }}
-- Every opportunity with the dimensions it is cut by, as of its close where it is closed (G16).
with recursive opportunities as (
    select * from {{ ref('int_opportunity_base') }}
),

-- The words of each CRM: its own rule before one for any.
deal_rules as (
    select sources.source as deal_source, rules.*
    from (select distinct source from opportunities) as sources
    inner join {{ ref('deal_rules') }} as rules on rules.source in (sources.source, '*')
    qualify row_number() over (
        partition by sources.source, rules.column_name, rules.label order by rules.source = '*'
    ) = 1
),

typed as (
    select
        opportunities.*,
        coalesce(
            types.deal_type,
            case when nullif(trim(opportunities.opportunity_type), '') is null then 'Unknown' else 'Other' end
        ) as deal_type,
        coalesce(types.counts_in_win_rate, true)
        and coalesce(stages.counts_in_win_rate, true)
        and (opportunities.status <> 'lost' or coalesce(reasons.counts_in_win_rate, true)) as counts_in_win_rate
    from opportunities
    left join deal_rules as types
        on
            types.column_name = 'opportunity_type'
            and opportunities.source = types.deal_source
            and lower(trim(opportunities.opportunity_type)) = types.label
    left join deal_rules as stages
        on
            stages.column_name = 'stage'
            and opportunities.source = stages.deal_source
            and lower(trim(opportunities.source_stage)) = stages.label
    left join deal_rules as reasons
        on
            reasons.column_name = 'loss_reason'
            and opportunities.source = reasons.deal_source
            and lower(trim(opportunities.loss_reason)) = reasons.label
),

ruled as (
    -- Nobody negotiates an order: it is neither won nor lost.
    select
        *,
        status in ('won', 'lost') and not is_refund and counts_in_win_rate and sale_kind = 'deal' as is_in_win_rate
    from typed
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

-- For deals without a lead: the first campaign that one of their persons had answered by then. Being sent one is no
-- answer, and what a lead answered after it had come in did not bring it in.
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
            and opportunities.created_at >= joined.responded_at
    left join campaigns as known on joined.campaign_id = known.campaign_id
    left join origin_persons on links.opportunity_id = origin_persons.opportunity_id
    left join origins on origin_persons.person_id = origins.person_id
    where joined.channel <> 'Unknown' and origins.person_id is null
    qualify row_number() over (
        partition by links.opportunity_id order by joined.responded_at, joined.campaign_member_id
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
        coalesce(other_countries.region, other_named_countries.region, 'Unknown') as region_alternate,
        coalesce(
            own_countries.country_code,
            case when opportunities.sale_kind = 'order' then named_countries.country_code end,
            'Unknown'
        ) as country_code
    from ruled as opportunities
    left join addresses
        on
            opportunities.account_id = addresses.account_id
            and coalesce(opportunities.closed_on, {{ data_as_of() }}) >= addresses.valid_from
            and coalesce(opportunities.closed_on, {{ data_as_of() }}) < addresses.valid_to
    left join regions on lower(trim(opportunities.region_label)) = regions.region_key
    left join countries as named_countries
        on {{ country_key('opportunities.region_label') }} = named_countries.country_label
    left join countries as other_named_countries
        on {{ country_key('opportunities.region_alternate_label') }} = other_named_countries.country_label
    left join countries as own_countries
        on {{ country_key('addresses.' ~ configured ~ '_country') }} = own_countries.country_label
    left join countries as other_countries
        on {{ country_key('addresses.' ~ alternate ~ '_country') }} = other_countries.country_label
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
            located.order_channel,
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
    -- What somebody bought before becoming a lead was not brought by the lead.
    left join origins
        on
            origin_persons.person_id = origins.person_id
            and case when located.sale_kind = 'deal' then timestamp '9999-12-31' else located.created_at end
            >= coalesce(origins.lead_created_at, timestamp '9999-12-31')
    left join campaigns on located.campaign_id = campaigns.campaign_id
    left join source_channels
        on
            located.source = source_channels.rule_source
            and located.origin_label is not distinct from source_channels.rule_value
    left join responses on located.opportunity_id = responses.opportunity_id
    left join distribution on lower(trim(located.distribution_channel_label)) = distribution.label
),

-- Companies with the one at the top of theirs. Companies that own each other in a circle stand for themselves.
ancestors as (
    select account_id, parent_account_id as ancestor_id, 1 as steps
    from {{ ref('stg_crm_accounts') }}
    where parent_account_id is not null
    union all
    select ancestors.account_id, above.parent_account_id, ancestors.steps + 1
    from ancestors
    inner join {{ ref('stg_crm_accounts') }} as above on ancestors.ancestor_id = above.account_id
    where above.parent_account_id is not null and ancestors.steps < 50
),

tops as (
    select account_id, max_by(ancestor_id, steps) as top_id
    from ancestors
    group by account_id
    having max(steps) < 50
),

grouped as (
    select
        origins_known.*,
        -- Who buys without a company is a customer, too.
        coalesce(
            case when '{{ var("new_account_level") }}' = 'group' then tops.top_id end,
            origins_known.account_key,
            origins_known.person_id,
            origins_known.customer_key
        ) as buyer_key
    from origins_known
    left join tops on origins_known.account_id = tops.account_id
),

final as (
    select
        * exclude (buyer_key),
        is_won and not is_refund and row_number() over (
            partition by buyer_key, status, is_refund order by closed_on, opportunity_id
        ) = 1 and buyer_key is not null as is_new_account
    from grouped
)

select * from final
