{{ config(tags=['dated']) }}
-- Cost of campaigns as the CRM keeps it, and how much of it counts. The CRM's figure is the whole cost of a campaign:
-- what ad platforms and cost exports say of the same campaign is part of it, so that only the rest is a cost of its own
-- (var crm_campaign_cost).
{%- set rule = var('crm_campaign_cost') %}
with campaigns as (
    select
        *,
        coalesce(start_date, {{ business_day('created_at') }}) as first_day
    from {{ ref('stg_crm_campaigns') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

-- What is paid so far belongs to the days so far; a budget to all days of the campaign. Without an end
-- both run up to the reporting date, but what was paid for a campaign that is not active is a single day's.
entered as (
    select
        campaign_id, source, currency, first_day, 'actual' as kind, actual_cost as amount,
        case
            when first_day > {{ data_as_of() }} then end_date
            when end_date is null then case when is_active then {{ data_as_of() }} end
            else least(end_date, {{ data_as_of() }})
        end as last_day
    from campaigns
    where actual_cost <> 0
    union all
    select
        campaign_id, source, currency, first_day, 'planned', budgeted_cost,
        coalesce(end_date, {{ data_as_of() }})
    from campaigns
    where budgeted_cost <> 0 and (end_date is not null or first_day <= {{ data_as_of() }})
),

converted as (
    select
        entered.campaign_id as cost_id,
        entered.source,
        records.campaign_id,
        entered.kind,
        entered.first_day as period_start,
        greatest(entered.first_day, coalesce(entered.last_day, entered.first_day)) as period_end,
        entered.currency,
        coalesce(currencies.exponent, 2) as exponent,
        cast(entered.amount as decimal(18, 6)) as amount_native,
        fx.rate as fx_rate,
        fx.valid_from as fx_date,
        {{ to_reporting_cents('entered.amount', 'fx.rate') }} as amount_reporting
    from entered
    left join currencies on entered.currency = currencies.currency
    {{ campaign_join('crm', 'entered.source', 'entered.campaign_id', 'records') }}
    {{ fx_join('entered.currency', 'entered.first_day') }}
    where entered.first_day is not null
),

elsewhere as (
    select campaign_id, kind, sum(ad_spend) as ad_spend, sum(cost_export) as cost_export
    from (
        select campaign_id, 'actual' as kind, spend_reporting as ad_spend, 0 as cost_export
        from {{ ref('int_ads_day') }}
        where campaign_id <> '(none)'
        union all
        select records.campaign_id, costs.kind, 0, {{ to_reporting_cents('costs.amount', 'fx.rate') }}
        from {{ ref('stg_marketing_costs') }} as costs
        {{ campaign_join('cost', 'costs.source', normalised_campaign('costs.campaign_name'), 'records') }}
        {{ fx_join('costs.currency', 'costs.period_start') }}
    ) as counted
    where campaign_id is not null
    group by campaign_id, kind
),

-- Records of several CRMs may be one campaign: what is known elsewhere is taken off once.
compared as (
    select
        converted.*,
        {{ round_reporting('coalesce(elsewhere.ad_spend, 0)') }} as ad_spend_reporting,
        {{ round_reporting('coalesce(elsewhere.cost_export, 0)') }} as cost_export_reporting,
        sum(coalesce(converted.amount_reporting, 0)) over (
            partition by converted.campaign_id, converted.kind order by converted.source, converted.cost_id
            rows between unbounded preceding and current row
        ) as running_total
    from converted
    left join elsewhere on converted.campaign_id = elsewhere.campaign_id and converted.kind = elsewhere.kind
),

judged as (
    select
        *,
        ad_spend_reporting + cost_export_reporting as elsewhere_reporting,
        case
            when '{{ rule }}' = 'none' then 0
            when '{{ rule }}' = 'add' or ad_spend_reporting + cost_export_reporting = 0 then amount_reporting
            when '{{ rule }}' = 'rest' and amount_reporting is not null
                then
                    greatest(running_total - ad_spend_reporting - cost_export_reporting, 0)
                    - greatest(running_total - amount_reporting - ad_spend_reporting - cost_export_reporting, 0)
            when '{{ rule }}' in ('rest', 'alone') then 0
            else error('crm_campaign_cost must be rest, alone, add or none')
        end as counted
    from compared
),

final as (
    select
        cost_id,
        source,
        campaign_id,
        kind,
        period_start,
        period_end,
        currency,
        amount_native,
        amount_reporting,
        fx_rate,
        fx_date,
        ad_spend_reporting,
        cost_export_reporting,
        cast(counted as decimal(18, 2)) as counted_reporting,
        case
            when counted is null or counted = amount_reporting then amount_native
            when counted = 0 then cast(0 as decimal(18, 6))
            else cast({{ native_amount(
                'cast(amount_native as decimal(28, 6)) * cast(counted as decimal(18, 2)) / amount_reporting', 'exponent'
            ) }} as decimal(18, 6))
        end as counted_native
    from judged
)

select * from final
