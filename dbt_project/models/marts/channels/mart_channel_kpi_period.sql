with periods as (
    select * from {{ ref('int_channel_kpi_period') }}
),

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

final as (
    select
        periods.*,
        campaigns.campaign_name,
        periods.period_end <= {{ data_as_of() }} as is_complete,
        {{ kpi_rates() }}
        {{ data_as_of() }} as data_as_of
    from periods
    left join campaigns on periods.campaign_id = campaigns.campaign_id
)

select * from final
