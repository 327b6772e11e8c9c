-- Every touch that is known, with its campaign, channel and department (R041, R051-R058).
with touches as (
    select * from {{ ref('int_touchpoint') }}
),

persons as (
    select * from {{ ref('dim_person') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

final as (
    select
        touches.touch_id,
        touches.touch_kind,
        touches.touch_type,
        touches.person_id,
        persons.account_id,
        coalesce(touches.campaign_id, '(none)') as campaign_id,
        coalesce(campaigns.campaign_name, touches.campaign_id, '(none)') as campaign_name,
        touches.channel,
        touches.department,
        touches.touched_at,
        {{ business_day('touches.touched_at') }} as touched_on,
        touches.is_time_assumed,
        touches.touch_kind = 'campaign_response' as is_response,
        touches.is_lead_creation,
        touches.source,
        {{ data_as_of() }} as data_as_of
    from touches
    left join persons on touches.person_id = persons.person_id
    left join campaigns on touches.campaign_id = campaigns.campaign_id
)

select * from final
