with campaigns as (
    select * from {{ ref('int_campaign') }}
),

crm_plans as (
    select
        records.campaign_id,
        min(crm.start_date) as planned_start_on,
        max(crm.end_date) as planned_end_on,
        cast(sum({{ to_reporting_cents('crm.budgeted_cost', 'fx.rate') }}) as decimal(18, 2)) as budget_reporting
    from {{ ref('int_campaign_record') }} as records
    inner join {{ ref('stg_crm_campaigns') }} as crm
        on
            records.record_kind = 'crm'
            and records.record_id = crm.campaign_id
    {{ fx_join('crm.currency', 'crm.start_date') }}
    group by records.campaign_id
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
