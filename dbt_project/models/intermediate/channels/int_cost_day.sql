-- What marketing and sales cost each day (R079), as entered, before shared costs are allocated. Ad spend comes from the
-- platforms; other costs are spread over the days they pay for in whole minor units of their currency, no day more than
-- one unit above another, so that the days add up to the amount exactly and at no moment more than a unit is ahead. The
-- rate is that of the first day: the cost is converted once, then spread. The budget of a campaign without an end is
-- spread over the campaign's life so far, as one of the CRM is; before its campaign begins it counts nowhere.
{%- set cents = 10 ** ([currency_exponent(var('reporting_currency')) | int, 2] | min) %}
with costs as (
    select * from {{ ref('stg_marketing_costs') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

departments as (
    select * from {{ ref('departments') }}
),

cost_channels as (
    {{ match_channels(ref('stg_marketing_costs'), 'cost_channel', 'source', 'channel') }}
),

-- A cost that names its campaign only belongs to the one channel the campaign runs in.
campaign_channels as (
    select campaign_id, min(channel) as channel
    from (
        select campaign_id, channel from {{ ref('int_ads_day') }}
        union
        select conformed_campaign_id, channel from {{ ref('int_crm_campaign_channel') }}
    ) as known
    where channel <> 'Unknown' and campaign_id <> '(none)'
    group by campaign_id
    having count(*) = 1
),

exported as (
    select
        'cost_export' as cost_origin,
        costs.source,
        costs.account_id,
        costs.cost_id,
        costs.kind,
        costs.category,
        coalesce(lower(departments.department), costs.department) as department,
        case
            when costs.channel is not null then coalesce(cost_channels.channel, 'Unknown')
        end as channel,
        campaigns.campaign_id,
        costs.team,
        costs.vendor,
        coalesce(costs.allocation_key, nullif(lower('{{ var("shared_cost_key") }}'), '')) as allocation_key,
        costs.sales_step,
        costs.period_start,
        case when costs.is_open_ended then {{ data_as_of() }} else costs.period_end end as period_end,
        costs.currency,
        costs.amount,
        {{ to_reporting_cents('costs.amount', 'fx.rate') }} as amount_reporting,
        fx.rate as fx_rate,
        fx.valid_from as fx_date
    from costs
    left join departments on costs.department = departments.label
    left join cost_channels
        on
            costs.source is not distinct from cost_channels.rule_source
            and costs.channel is not distinct from cost_channels.rule_value
    {{ campaign_join('cost', 'costs.source', normalised_campaign('costs.campaign_name')) }}
    {{ fx_join('costs.currency', 'costs.period_start') }}
    where costs.is_open_ended is not true or costs.period_start <= {{ data_as_of() }}
),

-- Only what counts of it, so that no money is here twice.
crm_campaigns as (
    select
        'crm_campaign' as cost_origin,
        crm.source,
        '(crm)' as account_id,
        crm.cost_id || ' | ' || crm.kind as cost_id,
        crm.kind,
        'other' as category,
        'marketing' as department,
        nullif(channels.channel, 'Unknown') as channel,
        crm.campaign_id,
        null as team,
        null as vendor,
        null as allocation_key,
        null as sales_step,
        crm.period_start,
        crm.period_end,
        crm.currency,
        crm.counted_native as amount,
        crm.counted_reporting as amount_reporting,
        crm.fx_rate,
        crm.fx_date
    from {{ ref('int_crm_campaign_cost') }} as crm
    left join {{ ref('int_crm_campaign_channel') }} as channels on crm.cost_id = channels.campaign_id
    where crm.counted_native <> 0
),

entries as (
    select * from exported
    union all
    select * from crm_campaigns
),

units as (
    select
        entries.*,
        date_diff('day', entries.period_start, entries.period_end) + 1 as day_count,
        cast(power(10, coalesce(currencies.exponent, 2)) as bigint) as minor_units,
        cast(trunc(entries.amount * cast(power(10, coalesce(currencies.exponent, 2)) as bigint)) as hugeint)
            as native_units,
        cast(trunc(entries.amount_reporting * {{ cents }}) as hugeint) as reporting_units
    from entries
    left join currencies on entries.currency = currencies.currency
),

spread as (
    select
        cast(days.date_day as date) as date_day,
        date_diff('day', units.period_start, cast(days.date_day as date)) as day_number,
        units.*
    from units
    cross join unnest(generate_series(units.period_start, units.period_end, interval 1 day)) as days (date_day)
),

other_costs as (
    select
        spread.date_day,
        spread.cost_origin,
        spread.source,
        spread.account_id,
        spread.cost_id,
        spread.kind,
        spread.category,
        spread.department,
        coalesce(spread.channel, campaign_channels.channel) as channel,
        spread.campaign_id,
        spread.team,
        spread.vendor,
        spread.allocation_key,
        spread.sales_step,
        spread.currency,
        cast(
            cast(
                cast(
                    {{ share_of_day('spread.native_units', 'spread.day_number', 'spread.day_count') }} as decimal(24, 6)
                ) / spread.minor_units as decimal(18, 6)
            ) + case
                when spread.date_day = spread.period_end
                    then cast(
                        spread.amount - cast(spread.native_units as decimal(24, 6)) / spread.minor_units
                        as decimal(18, 6)
                    )
                else 0
            end as decimal(18, 6)
        ) as amount_native,
        cast(
            cast(
                {{ share_of_day('spread.reporting_units', 'spread.day_number', 'spread.day_count') }} as decimal(24, 6)
            ) / {{ cents }} as decimal(18, 6)
        ) as amount_reporting,
        spread.fx_rate,
        spread.fx_date
    from spread
    left join campaign_channels on spread.campaign_id = campaign_channels.campaign_id
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
        cast(null as varchar) as sales_step,
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
