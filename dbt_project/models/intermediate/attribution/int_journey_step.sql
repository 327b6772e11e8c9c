-- noqa: disable=LT02
{{ config(tags=['dated']) }}
-- The ways that led to a conversion, and those that led to none: Markov chains compare the two. For Won the latter are
-- lost deals; for the other stages, persons who did not convert within the look-back's days after their last touch.
-- Who was touched later may still convert and is left out, like an open deal.
{%- set days = var('attribution_lookback_days') %}
{%- set person_stages = ['Lead', 'MQL', 'SAL', 'Opportunity'] %}
with touches as (
    select * from {{ ref('int_touchpoint') }}
    {% if not var('attribution_counts_sales') %}where touch_kind <> 'sales_contact'{% endif %}
),

path as (
    select * from {{ ref('int_attribution_touch') }}
    where {{ is_path_of(main_people()) }}
),

persons as (
    select * from {{ ref('int_conversion_person') }}
    {% if main_people() == 'deal' %}where not is_account_only{% endif %}
),

lost as (
    select
        deals.conversion_id,
        deals.counts_from + interval ({{ days['Opportunity'] }}) day - interval ({{ days['Won'] }}) day as counts_from,
        {{ start_of_business_day('records.closed_on + 1') }} - interval 1 microsecond as counts_until
    from {{ ref('int_conversion') }} as deals
    inner join {{ ref('int_opportunity_base') }} as records on deals.conversion_id = records.opportunity_id
    where deals.stage = 'Opportunity' and deals.status = 'lost'
),

lost_touches as (
    select
        lost.conversion_id as journey_id,
        touches.touch_id,
        touches.touched_at,
        touches.channel,
        touches.campaign_id
    from lost
    inner join persons on lost.conversion_id = persons.conversion_id and persons.stage = 'Opportunity'
    inner join touches
        on
            persons.person_id = touches.person_id
            and lost.counts_from <= touches.touched_at
            and lost.counts_until >= touches.touched_at
    union all
    -- Nobody is known of the deal: where the CRM says it came from.
    select path.conversion_id, path.touch_id, path.touched_at, path.channel, path.campaign_id
    from path
    inner join lost on path.conversion_id = lost.conversion_id
    where path.stage = 'Opportunity' and path.basis = 'deal'
),

last_touches as (
    select person_id, max(touched_at) as last_touched_at
    from touches
    group by person_id
),

{% for stage in person_stages %}
    waited_{{ stage | lower }} as (
        select
            '{{ stage }}' as stage,
            touches.person_id as journey_id,
            touches.touch_id,
            touches.touched_at,
            touches.channel,
            touches.campaign_id
        from touches
        inner join last_touches on touches.person_id = last_touches.person_id
        left join persons on touches.person_id = persons.person_id and persons.stage = '{{ stage }}'
        where
            touches.touched_at >= last_touches.last_touched_at - interval ({{ days[stage] }}) day
            and {{ business_day('last_touches.last_touched_at') }} + {{ days[stage] }} <= {{ data_as_of() }}
            and persons.person_id is null
    ),
{% endfor %}

steps as (
    select
        stage, conversion_id as journey_id, true as is_converted, touch_id, touched_at, channel, campaign_id
    from path
    union all
    select 'Won', journey_id, false, touch_id, touched_at, channel, campaign_id from lost_touches
    {% for stage in person_stages %}
        union all
        select stage, journey_id, false, touch_id, touched_at, channel, campaign_id from waited_{{ stage | lower }}
    {% endfor %}
),

counted as (
    {{ counted_touches('steps', 'stage, journey_id, is_converted') }}
),

final as (
    select
        stage,
        journey_id,
        is_converted,
        touch_id,
        channel,
        coalesce(campaign_id, '(none)') as campaign_id,
        row_number() over journey as position,
        lead(channel) over journey as next_channel,
        lead(coalesce(campaign_id, '(none)')) over journey as next_campaign_id
    from counted
    window journey as (partition by stage, journey_id, is_converted order by touched_at, touch_id)
)

select * from final
