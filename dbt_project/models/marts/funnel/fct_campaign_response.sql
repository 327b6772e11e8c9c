-- Every response to a campaign with its moment (R016, R041). One dated after the reporting date waits for its day.
with responses as (
    select *, {{ business_day('responded_at') }} as responded_on
    from {{ ref('int_campaign_response') }}
    where has_responded and responded_at is not null
),

campaigns as (
    select * from {{ ref('int_crm_campaign_channel') }}
),

final as (
    select
        responses.campaign_member_id as response_id,
        responses.person_id,
        coalesce(campaigns.conformed_campaign_id, responses.campaign_id, '(none)') as campaign_id,
        coalesce(responses.campaign_name, '(none)') as campaign_name,
        responses.channel,
        responses.status as response_type,
        responses.responded_at,
        responses.responded_on,
        coalesce(responses.is_time_assumed, false) as is_time_assumed,
        responses.source,
        responses.first_seen_at,
        {{ data_as_of() }} as data_as_of
    from responses
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    where responses.responded_on <= {{ data_as_of() }}
)

select * from final
