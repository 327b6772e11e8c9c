-- noqa: disable=LT02
-- Which touch gets how much of each conversion, under each model (R051-R053, R055). A conversion without a touch keeps
-- its own row.
{#- Models that give all to one touch, and what is true of it. -#}
{%- set weighed = [
    'linear', 'time_decay', 'shapley', 'position_40_20_40', 'u_shaped', 'w_shaped', 'full_path'
] %}
{%- set variants = path_variants() %}
{%- set single = {'first_touch': 'is_first', 'last_touch': 'is_last', 'last_non_direct': 'is_last_non_direct'} %}
with conversions as (
    select * from {{ ref('int_conversion') }}
),

path as (
    select * from {{ ref('int_attribution_touch') }}
),

shares as (
    select * from {{ ref('int_attribution_credit') }}
),

{% for model, flag in single.items() %}
    {{ model }} as (
        select
            path.stage,
            path.conversion_id,
            path.people,
            path.position,
            cast(1 as decimal(10, 9)) as weight,
            cast(conversions.amount_native as decimal(18, 4)) as amount_native,
            cast(conversions.amount_reporting as decimal(18, 2)) as amount_reporting
        from path
        inner join conversions
            on path.stage = conversions.stage and path.conversion_id = conversions.conversion_id
        where path.{{ flag }}
    ),
{% endfor %}

shared as (
    select
        stage,
        conversion_id,
        people,
        model,
        generate_subscripts(points, 1) as position,
        unnest(points) as points,
        unnest(weights) as weight,
        unnest(amounts_native) as amount_native,
        unnest(amounts_reporting) as amount_reporting
    from shares
),

touched as (
    select * exclude (points) from shared
    where points > 0
    {% for people, suffix in variants.items() %}
        {% for model in single %}
            union all by name
            select *, '{{ model }}{{ suffix }}' as model from {{ model }}
            where {{ is_path_of(people) }}
        {% endfor %}
    {% endfor %}
),

credited as (
    select
        touched.* exclude (position, people),
        path.touch_id,
        path.basis,
        path.person_id,
        path.campaign_id,
        path.channel,
        path.department,
        path.touched_at
    from touched
    inner join path
        on
            touched.stage = path.stage
            and touched.conversion_id = path.conversion_id
            and touched.people = path.people
            and touched.position = path.position
),

models as (
    {% for people, suffix in variants.items() %}
        select
            unnest({{ single.keys() | list + weighed }}) || '{{ suffix }}' as model,
            '{{ people }}' as people
        union all
    {% endfor %}
    select distinct model, {{ people_of_model() }} from {{ ref('influence_rules') }}
),

-- A path of the account alone is none under models of the people of the deal.
reached as (
    select
        stage,
        conversion_id,
        bool_or({{ is_path_of('deal') }}) as by_deal,
        bool_or({{ is_path_of('account') }}) as by_account
    from path
    group by stage, conversion_id
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
    left join reached on conversions.stage = reached.stage and conversions.conversion_id = reached.conversion_id
    where not coalesce(case models.people when 'deal' then reached.by_deal else reached.by_account end, false)
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
        models.people,
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
    left join models on everything.model = models.model
)

select * from final
