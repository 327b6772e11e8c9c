-- What each campaign brought to each deal in other money than its amount (R055): columns of the CRM's export, like a
-- yearly value, shared by the weights that the campaign has under each model. Whole units by largest remainder, so that
-- the campaigns of a deal have all of it.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
with campaigns as (
    select * from {{ ref('bridge_opportunity_campaign') }}
),

deal_values as (
    select * from {{ ref('int_opportunity_value') }}
),

valued as (
    select
        campaigns.opportunity_id,
        deal_values.value_field,
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.model,
        campaigns.people,
        campaigns.status,
        campaigns.closed_on,
        campaigns.weight,
        deal_values.currency,
        deal_values.exponent,
        deal_values.is_unreadable,
        cast(cast(campaigns.weight as decimal(28, 9)) * 1000000000 as hugeint) as points,
        cast(
            round(deal_values.amount_native * cast(power(10, deal_values.exponent) as bigint)) as hugeint
        ) as native_units,
        cast(round(deal_values.amount_reporting * {{ 10 ** cents }}) as hugeint) as reporting_units
    from deal_values
    inner join campaigns on deal_values.opportunity_id = campaigns.opportunity_id
),

shared as (
    {{ shared_units('valued', 'opportunity_id, value_field, model', 'campaign_id', ['native', 'reporting']) }}
),

final as (
    select
        opportunity_id,
        value_field,
        campaign_id,
        campaign_name,
        model,
        people,
        status,
        closed_on,
        weight,
        currency,
        cast(
            cast(native_part * cast(power(10, 4 - exponent) as bigint) as decimal(18, 0))
            * cast(0.0001 as decimal(5, 4)) as decimal(18, 4)
        ) as attributed_native,
        cast(
            cast(reporting_part as decimal(18, 0)) * cast({{ 1 / 10 ** cents }} as decimal(3, 2)) as decimal(18, 2)
        ) as attributed_reporting,
        is_unreadable,
        {{ data_as_of() }} as data_as_of
    from shared
)

select * from final
