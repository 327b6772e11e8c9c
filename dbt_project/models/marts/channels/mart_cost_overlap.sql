-- Money that may have been written down twice: campaign costs of the CRM beside what else is known of the campaign, and
-- media of the cost exports beside the ad spend of the same campaign or channel in the same days.
with crm as (
    select * from {{ ref('int_crm_campaign_cost') }}
),

days as (
    select * from {{ ref('int_cost_day') }}
),

media_entries as (
    select
        source,
        account_id,
        cost_id,
        kind,
        channel,
        campaign_id,
        min(date_day) as period_start,
        max(date_day) as period_end,
        sum(amount_reporting) as amount_reporting
    from days
    where
        cost_origin = 'cost_export'
        and kind = 'actual'
        and category = 'media'
        and coalesce(campaign_id, channel) is not null
    group by source, account_id, cost_id, kind, channel, campaign_id
),

ad_spend as (
    select date_day, channel, campaign_id, sum(amount_reporting) as amount_reporting
    from days
    where cost_origin = 'ad_platform'
    group by date_day, channel, campaign_id
),

media as (
    select
        entries.source,
        entries.account_id,
        entries.cost_id,
        entries.kind,
        entries.channel,
        entries.campaign_id,
        entries.period_start,
        entries.period_end,
        entries.amount_reporting,
        sum(ad_spend.amount_reporting) as ad_spend_reporting
    from media_entries as entries
    inner join ad_spend
        on
            ad_spend.date_day between entries.period_start and entries.period_end
            and case
                when entries.campaign_id is null then entries.channel = ad_spend.channel
                else entries.campaign_id = ad_spend.campaign_id
            end
    group by all
    having sum(ad_spend.amount_reporting) <> 0
),

compared as (
    select
        'crm_campaign' as cost_origin,
        source,
        '(crm)' as account_id,
        cost_id || ' | ' || kind as cost_id,
        kind,
        campaign_id,
        null as channel,
        period_start,
        period_end,
        amount_reporting,
        ad_spend_reporting,
        cost_export_reporting,
        counted_reporting,
        case
            when amount_reporting is null then 'no_rate'
            when counted_reporting = amount_reporting and ad_spend_reporting + cost_export_reporting <> 0
                then 'possibly_twice'
            when counted_reporting = amount_reporting then 'counted'
            when counted_reporting = 0 then 'left_out'
            else 'rest_counted'
        end as status
    from crm
    union all
    select
        'cost_export', source, account_id, cost_id, kind, campaign_id, channel, period_start, period_end,
        amount_reporting, ad_spend_reporting, 0, amount_reporting, 'possibly_twice'
    from media
),

final as (
    select
        cost_origin,
        source,
        account_id,
        cost_id,
        kind,
        campaign_id,
        channel,
        period_start,
        period_end,
        cast(amount_reporting as decimal(18, 2)) as amount_reporting,
        cast(ad_spend_reporting as decimal(18, 2)) as ad_spend_reporting,
        cast(cost_export_reporting as decimal(18, 2)) as cost_export_reporting,
        cast(counted_reporting as decimal(18, 2)) as counted_reporting,
        cast(amount_reporting - counted_reporting as decimal(18, 2)) as left_out_reporting,
        status,
        {{ data_as_of() }} as data_as_of
    from compared
)

select * from final
