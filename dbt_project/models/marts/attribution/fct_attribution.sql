-- noqa: disable=LT02
-- Which touch gets how much of each conversion, under each model (R051-R053, R055). Points of a model are whole
-- numbers; weights and amounts are shared by them in whole units by largest remainder (ties: the earlier touch),
-- so that they add up exactly and come out the same on every machine. A conversion without a touch keeps its own
-- row.
-- Shapley: the same to each campaign of the path (to the channel of a touch without one), and its part evenly to its
-- touches; 232792560 is divisible by all numbers to 22.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{%- set others = "greatest(count(*) filter (where not ({0})) over (partition by stage, conversion_id), 1)" %}
{%- set milestones = {
    'position_40_20_40': ([('is_first', 40), ('is_last', 40)], 20),
    'u_shaped': ([('is_first', 40), ('is_lead_milestone', 40)], 20),
    'w_shaped': ([('is_first', 30), ('is_lead_milestone', 30), ('is_deal_milestone', 30)], 10),
    'full_path': ([
        ('is_first', 225), ('is_lead_milestone', 225), ('is_deal_milestone', 225), ('is_last', 225)
    ], 100)
} %}
{%- set points = {
    'first_touch': 'case when is_first then 1 else 0 end',
    'last_touch': 'case when is_last then 1 else 0 end',
    'last_non_direct': 'case when is_last_non_direct then 1 else 0 end',
    'linear': '1',
    'shapley': '232792560 // count(*) over (partition by stage, conversion_id, coalesce(campaign_id, channel))',
    'time_decay': "cast(greatest(round(1e9 * power(2, -days_before / " ~ var('attribution_half_life_days')
        ~ ")), 1) as bigint)"
} %}
{%- for name, (parts, rest) in milestones.items() %}
    {%- set any_of = parts | map(attribute=0) | join(' or ') %}
    {%- set sums = [] %}
    {%- for flag, share in parts %}
        {%- do sums.append('case when ' ~ flag ~ ' then ' ~ share ~ ' else 0 end') %}
    {%- endfor %}
    {%- do points.update({
        name: 'case when ' ~ any_of ~ ' then (' ~ sums | join(' + ') ~ ') * ' ~ others.format(any_of)
            ~ ' else ' ~ rest ~ ' end'
    }) %}
{%- endfor %}
with conversions as (
    select * from {{ ref('int_conversion') }}
),

path as (
    select * from {{ ref('int_attribution_touch') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

influence as (
    select * from {{ ref('int_influence_points') }}
),

weighed as (
    {% for model, formula in points.items() %}
        select
            stage, conversion_id, touch_id, position,
            '{{ model }}' as model,
            cast({{ formula }} as hugeint) as points
        from path
        union all
    {% endfor %}
    select
        influence.stage, influence.conversion_id, influence.touch_id, path.position, influence.model,
        influence.points
    from influence
    inner join path
        on
            influence.stage = path.stage
            and influence.conversion_id = path.conversion_id
            and influence.touch_id = path.touch_id
),

measured as (
    select
        weighed.*,
        coalesce(currencies.exponent, 2) as exponent,
        cast(1000000000 as hugeint) as weight_units,
        cast(round(conversions.amount_native * power(10, coalesce(currencies.exponent, 2))) as hugeint) as native_units,
        cast(round(conversions.amount_reporting * {{ 10 ** cents }}) as hugeint) as reporting_units
    from weighed
    inner join conversions
        on weighed.stage = conversions.stage and weighed.conversion_id = conversions.conversion_id
    left join currencies on conversions.currency = currencies.currency
    where weighed.points > 0
),

exact as (
    {{ shared_units('measured', 'stage, conversion_id, model', 'position', ['weight', 'native', 'reporting']) }}
),

credited as (
    select
        exact.stage,
        exact.conversion_id,
        exact.model,
        exact.touch_id,
        path.basis,
        path.person_id,
        path.campaign_id,
        path.channel,
        path.department,
        path.touched_at,
        cast(cast(exact.weight_part as decimal(20, 0)) / 1000000000 as decimal(10, 9)) as weight,
        cast(
            cast(exact.native_part as decimal(28, 0)) / cast(power(10, exact.exponent) as bigint) as decimal(18, 4)
        ) as amount_native,
        cast(cast(exact.reporting_part as decimal(28, 0)) / {{ 10 ** cents }} as decimal(18, 2)) as amount_reporting
    from exact
    inner join path
        on
            exact.stage = path.stage
            and exact.conversion_id = path.conversion_id
            and exact.touch_id = path.touch_id
),

models as (
    select unnest({{ points.keys() | list }}) as model
    union
    select distinct model from {{ ref('influence_rules') }}
),

-- What the CRM itself credits: the campaign of the deal, else where it says the deal came from.
crm_channels as (
    {{ match_channels(ref('int_opportunity_base'), 'lead_source', 'source', 'origin_label') }}
),

named_by_crm as (
    select
        deals.opportunity_id,
        coalesce(campaigns.conformed_campaign_id, deals.campaign_id) as campaign_id,
        coalesce(
            nullif(campaigns.channel, 'Unknown'), nullif(crm_channels.channel, 'Unknown'),
            case when deals.campaign_id is not null then 'Unknown' end
        ) as channel
    from {{ ref('int_opportunity_base') }} as deals
    left join {{ ref('int_crm_campaign_channel') }} as campaigns on deals.campaign_id = campaigns.campaign_id
    left join crm_channels
        on
            deals.source = crm_channels.rule_source
            and deals.origin_label is not distinct from crm_channels.rule_value
),

whole as (
    select
        conversions.stage,
        conversions.conversion_id,
        'crm' as model,
        '(crm)' as touch_id,
        'crm' as basis,
        named_by_crm.campaign_id,
        named_by_crm.channel,
        conversions.amount_native,
        conversions.amount_reporting
    from conversions
    inner join named_by_crm on conversions.conversion_id = named_by_crm.opportunity_id
    where conversions.unit = 'opportunity' and named_by_crm.channel is not null
    union all
    select
        conversions.stage, conversions.conversion_id, models.model, '(none)', 'none', null, null,
        conversions.amount_native, conversions.amount_reporting
    from conversions
    cross join models
    anti join path on conversions.stage = path.stage and conversions.conversion_id = path.conversion_id
    union all
    select
        conversions.stage, conversions.conversion_id, 'crm', '(none)', 'none', null, null, conversions.amount_native,
        conversions.amount_reporting
    from conversions
    left join named_by_crm on conversions.conversion_id = named_by_crm.opportunity_id
    where conversions.unit = 'opportunity' and named_by_crm.channel is null
),

everything as (
    select * from credited
    union all by name
    select *, cast(1 as decimal(10, 9)) as weight from whole
),

final as (
    select
        everything.stage,
        everything.conversion_id,
        everything.model,
        everything.touch_id,
        everything.basis,
        everything.person_id,
        coalesce(everything.campaign_id, '(none)') as campaign_id,
        coalesce(everything.channel, '(none)') as channel,
        coalesce(everything.department, '(none)') as department,
        everything.touched_at,
        conversions.converted_on,
        conversions.status,
        everything.weight,
        everything.amount_native,
        conversions.currency,
        everything.amount_reporting,
        {{ data_as_of() }} as data_as_of
    from everything
    inner join conversions
        on everything.stage = conversions.stage and everything.conversion_id = conversions.conversion_id
)

select * from final
