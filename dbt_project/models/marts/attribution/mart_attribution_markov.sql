-- noqa: disable=LT02
-- What each channel and campaign brought by its removal effect (R053): its part of the sum of all effects, of all
-- conversions that have a touch and of their amount. Conversions and cents are shared out in whole units.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{%- set dimensions = ['channel', 'campaign'] %}
with effects as (
    select * from {{ ref('int_removal_effect') }}
),

steps as (
    select * from {{ ref('int_journey_step') }}
),

conversions as (
    select * from {{ ref('int_conversion') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

touched as (
    select distinct stage, journey_id as conversion_id
    from steps
    where is_converted
),

-- Those without a touch are kept: nothing is known to have led to them.
reached as (
    select
        conversions.stage,
        conversions.amount_reporting,
        touched.conversion_id is not null as is_touched
    from conversions
    left join touched
        on conversions.stage = touched.stage and conversions.conversion_id = touched.conversion_id
),

totals as (
    select
        stage,
        count(*) filter (where is_touched) as conversions,
        sum(amount_reporting) filter (where is_touched) as amount,
        count(*) filter (where not is_touched) as conversions_without,
        sum(amount_reporting) filter (where not is_touched) as amount_without
    from reached
    group by stage
),

weighed as (
    select
        effects.*,
        cast(totals.conversions as hugeint) * 1000000000 as conversions_units,
        cast(round(totals.amount * {{ 10 ** cents }}) as hugeint) as amount_units
    from effects
    inner join totals on effects.stage = totals.stage
    where totals.conversions > 0
),

shared as (
    {{ shared_units('weighed', 'stage, dimension_type', 'dimension_key', ['conversions', 'amount']) }}
),

passed as (
    {% for dimension in dimensions %}
        select
            stage,
            '{{ dimension }}' as dimension_type,
            {{ 'campaign_id' if dimension == 'campaign' else dimension }} as dimension_key,
            count(distinct journey_id) filter (where is_converted) as conversions_passed,
            count(distinct case when is_converted then 'yes ' else 'no ' end || journey_id) as journeys
        from steps
        group by stage, {{ 'campaign_id' if dimension == 'campaign' else dimension }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

parts as (
    select
        stage,
        dimension_type,
        dimension_key,
        removal_effect,
        cast(conversions_part as decimal(28, 0)) / 1000000000 as conversions,
        cast(amount_part as decimal(28, 0)) / {{ 10 ** cents }} as amount
    from shared
    {% for dimension in dimensions %}
        union all
        select stage, '{{ dimension }}', '(none)', null, conversions_without, amount_without
        from totals
        where conversions_without > 0
    {% endfor %}
),

summed as (
    select
        stage,
        dimension_type,
        dimension_key,
        max(removal_effect) as removal_effect,
        sum(conversions) as conversions,
        sum(amount) as amount
    from parts
    group by stage, dimension_type, dimension_key
),

final as (
    select
        summed.stage,
        summed.dimension_type,
        summed.dimension_key,
        coalesce(campaigns.campaign_name, summed.dimension_key) as dimension_label,
        coalesce(passed.journeys, 0) as journeys,
        coalesce(passed.conversions_passed, 0) as conversions_passed,
        summed.removal_effect,
        cast(summed.conversions as decimal(18, 9)) as conversions_credited,
        cast(summed.amount as decimal(18, 2)) as amount_reporting,
        {{ data_as_of() }} as data_as_of
    from summed
    left join passed
        on
            summed.stage = passed.stage
            and summed.dimension_type = passed.dimension_type
            and summed.dimension_key = passed.dimension_key
    left join campaigns
        on case when summed.dimension_type = 'campaign' then summed.dimension_key end = campaigns.campaign_id
)

select * from final
