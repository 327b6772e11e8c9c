-- Marketing channel of each CRM campaign by its type, and the campaign it is across all platforms.
with campaigns as (
    select * from {{ ref('stg_crm_campaigns') }}
),

matched as (
    {{ match_channels(ref('stg_crm_campaigns'), 'crm_campaign_type', 'source', 'campaign_type') }}
),

final as (
    select
        campaigns.campaign_id,
        coalesce(records.campaign_id, campaigns.campaign_id) as conformed_campaign_id,
        campaigns.campaign_name,
        campaigns.source,
        coalesce(matched.channel, 'Unknown') as channel
    from campaigns
    left join {{ ref('int_campaign_record') }} as records
        on records.record_kind = 'crm' and campaigns.campaign_id = records.record_id
    left join matched
        on
            campaigns.source = matched.rule_source
            and campaigns.campaign_type is not distinct from matched.rule_value
)

select * from final
