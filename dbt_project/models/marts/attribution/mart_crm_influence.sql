-- noqa: disable=LT02
-- What the CRM itself shares out of each deal to campaigns (Salesforce's CampaignInfluence) beside what our models
-- credit them with (R051, R055). A campaign that only one of the two knows has a row, too.
{%- set models = ['first_touch', 'last_touch', 'linear', 'u_shaped', 'w_shaped'] %}
with influences as (
    select * from {{ ref('int_crm_influence') }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

credits as (
    select
        opportunity_id,
        campaign_id,
        {% for model in models -%}
            sum(weight) filter (where model = '{{ model }}') as {{ model }}_weight {{- ',' if not loop.last }}
        {% endfor %}
    from {{ ref('bridge_opportunity_campaign') }}
    where model in ({{ "'" ~ models | join("', '") ~ "'" }}) and touches > 0
    group by opportunity_id, campaign_id
),

shared as (
    select distinct opportunity_id, crm_model_id
    from influences
),

keyed as (
    select opportunity_id, crm_model_id, campaign_id
    from influences
    union
    select shared.opportunity_id, shared.crm_model_id, credits.campaign_id
    from shared
    inner join credits on shared.opportunity_id = credits.opportunity_id
),

final as (
    select
        keyed.opportunity_id,
        keyed.crm_model_id,
        keyed.campaign_id,
        coalesce(campaigns.campaign_name, keyed.campaign_id) as campaign_name,
        deals.status,
        deals.closed_on,
        cast(coalesce(influences.influence_rate, 0) as decimal(10, 9)) as crm_weight,
        cast(influences.revenue_share_native as decimal(18, 4)) as crm_amount_native,
        deals.currency,
        cast(coalesce(influences.contacts, 0) as bigint) as crm_contacts,
        {% for model in models -%}
            cast(coalesce(credits.{{ model }}_weight, 0) as decimal(10, 9)) as {{ model }}_weight,
        {% endfor -%}
        case
            when credits.campaign_id is null then 'crm_only'
            when influences.campaign_id is null then 'touches_only'
            else 'both'
        end as seen_by,
        {{ data_as_of() }} as data_as_of
    from keyed
    inner join deals on keyed.opportunity_id = deals.opportunity_id
    left join influences
        on
            keyed.opportunity_id = influences.opportunity_id
            and keyed.crm_model_id = influences.crm_model_id
            and keyed.campaign_id = influences.campaign_id
    left join credits on keyed.opportunity_id = credits.opportunity_id and keyed.campaign_id = credits.campaign_id
    left join campaigns on keyed.campaign_id = campaigns.campaign_id
)

select * from final
