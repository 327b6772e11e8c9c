-- What part in each deal the CRM itself gives each campaign (Salesforce's CampaignInfluence), over all contacts. A CRM
-- may have several models of influence; each shares the deal anew.
with influences as (
    select * from {{ ref('stg_crm_influences') }}
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

final as (
    select
        influences.opportunity_id,
        coalesce(influences.model_id, '(none)') as crm_model_id,
        coalesce(campaigns.conformed_campaign_id, influences.campaign_id, '(none)') as campaign_id,
        sum(influences.influence_rate) as influence_rate,
        sum(influences.revenue_share_native) as revenue_share_native,
        count(distinct influences.contact_id) as contacts
    from influences
    left join campaigns on influences.campaign_id = campaigns.campaign_id
    group by 1, 2, 3
)

select * from final
