-- One row per channel and the total of all, over the last `days` days; a channel without any figure is left out.
with by_channel as (
    select
        channel,
        sum(spend_reporting) as spend,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        sum(leads) as leads,
        sum(new_customers) as new_customers
    from {{ ref('mart_channel_kpi_daily').include(database=false) }}
    where date_day > data_as_of - {{ asked_days() }}
    group by rollup (channel)
)

select
    coalesce(by_channel.channel, 'Total') as channel,
    by_channel.spend,
    by_channel.impressions,
    by_channel.clicks,
    by_channel.leads,
    by_channel.new_customers
from by_channel
left join {{ ref('dim_channel').include(database=false) }} as channels on by_channel.channel = channels.channel
where
    coalesce(
        by_channel.spend, by_channel.impressions, by_channel.clicks, by_channel.leads, by_channel.new_customers
    ) is not null
order by by_channel.channel is null, channels.sort_order, by_channel.channel
