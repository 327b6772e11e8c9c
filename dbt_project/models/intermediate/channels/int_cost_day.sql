-- What marketing and sales cost each day (R079). Ad spend comes from the platforms; other costs are spread evenly over
-- the days they pay for, in whole minor units of their currency, the rest on the last day, so that the days add up to
-- the amount exactly. The rate is that of the first day: the cost is converted once, then spread.
{%- set reporting_units = 10 ** ([currency_exponent(var('reporting_currency')) | int, 2] | min) %}
with costs as (
    select * from {{ ref('stg_marketing_costs') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

cost_channels as (
    {{ match_channels(ref('stg_marketing_costs'), 'cost_channel', 'source', 'channel') }}
),

converted as (
    select
        costs.*,
        date_diff('day', costs.period_start, costs.period_end) + 1 as day_count,
        cast(power(10, coalesce(currencies.exponent, 2)) as bigint) as minor_units,
        fx.rate as fx_rate,
        fx.valid_from as fx_date,
        {{ to_reporting_cents('costs.amount', 'fx.rate') }} as amount_reporting
    from costs
    left join currencies on costs.currency = currencies.currency
    {{ fx_join('costs.currency', 'costs.period_start') }}
),

shares as (
    select
        *,
        cast(
            (cast(trunc(amount * minor_units) as bigint) // day_count) / cast(minor_units as decimal(6, 0))
            as decimal(18, 6)
        ) as native_share,
        cast(
            (cast(trunc(amount_reporting * {{ reporting_units }}) as bigint) // day_count)
            / cast({{ reporting_units }} as decimal(6, 0)) as decimal(18, 6)
        ) as reporting_share
    from converted
),

spread as (
    select
        cast(days.date_day as date) as date_day,
        shares.*
    from shares
    cross join unnest(generate_series(shares.period_start, shares.period_end, interval 1 day)) as days (date_day)
),

other_costs as (
    select
        spread.date_day,
        'cost_export' as cost_origin,
        spread.source,
        spread.account_id,
        spread.cost_id,
        spread.kind,
        spread.category,
        spread.department,
        case
            when spread.channel is not null then coalesce(cost_channels.channel, 'Unknown')
        end as channel,
        campaigns.campaign_id,
        spread.team,
        spread.vendor,
        spread.allocation_key,
        spread.currency,
        cast(
            case
                when spread.date_day = spread.period_end
                    then spread.amount - spread.native_share * (spread.day_count - 1)
                else spread.native_share
            end as decimal(18, 6)
        ) as amount_native,
        cast(
            case
                when spread.date_day = spread.period_end
                    then spread.amount_reporting - spread.reporting_share * (spread.day_count - 1)
                else spread.reporting_share
            end as decimal(18, 6)
        ) as amount_reporting,
        spread.fx_rate,
        spread.fx_date
    from spread
    left join cost_channels
        on
            spread.source is not distinct from cost_channels.rule_source
            and spread.channel is not distinct from cost_channels.rule_value
    {{ campaign_join('cost', 'spread.source', normalised_campaign('spread.campaign_name')) }}
),

media as (
    select
        date_day,
        'ad_platform' as cost_origin,
        source,
        account_id,
        channel || ' | ' || campaign_id || ' | ' || coalesce(currency, '') as cost_id,
        'actual' as kind,
        'media' as category,
        'marketing' as department,
        channel,
        nullif(campaign_id, '(none)') as campaign_id,
        cast(null as varchar) as team,
        source as vendor,
        cast(null as varchar) as allocation_key,
        currency,
        cast(sum(spend) as decimal(18, 6)) as amount_native,
        cast(sum(spend_reporting) as decimal(18, 6)) as amount_reporting,
        max(fx_rate) as fx_rate,
        max(fx_date) as fx_date
    from {{ ref('int_ads_day') }}
    where spend is not null
    group by date_day, source, account_id, channel, campaign_id, currency
),

final as (
    select * from other_costs
    union all
    select * from media
)

select * from final
