with days as (
    select * from {{ ref('int_channel_kpi_day') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

final as (
    select
        days.*,
        campaigns.campaign_name,
        {{ kpi_rates() }}
        {{ data_as_of() }} as data_as_of
    from days
    left join campaigns on days.campaign_id = campaigns.campaign_id
)

select * from final
