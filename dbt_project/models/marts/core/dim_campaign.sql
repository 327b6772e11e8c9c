with campaigns as (
    select * from {{ ref('int_campaign') }}
),

crm_plans as (
    select * from {{ ref('int_campaign_plan') }}
),

unified as (
    select
        campaigns.campaign_id,
        coalesce(campaigns.campaign_name, campaigns.campaign_id) as campaign_name,
        campaigns.campaign_type,
        campaigns.record_count,
        campaigns.sources,
        campaigns.is_in_crm,
        campaigns.is_on_ad_platform,
        campaigns.is_in_email,
        campaigns.first_seen_on,
        campaigns.last_seen_on,
        crm_plans.planned_start_on,
        crm_plans.planned_end_on,
        crm_plans.budget_reporting
    from campaigns
    left join crm_plans on campaigns.campaign_id = crm_plans.campaign_id
    union all
    select '(none)', '(none)', null, 0, null, false, false, false, null, null, null, null, null
),

final as (
    select
        *,
        {{ data_as_of() }} as data_as_of
    from unified
)

select * from final
