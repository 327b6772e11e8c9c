-- noqa: disable=LT02
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['stage', 'conversion_id'],
    pre_hook="{{ delete_conversions_without_path() }}"
) }}
-- How each model shares a conversion among its touches (R051-R055): one list per model, over the touches in order.
-- Points are whole numbers; weights and amounts are shared by them in whole units by largest remainder (ties: the
-- earlier touch), so that they add up exactly and come out the same on every machine. Only conversions of which
-- something changed (a touch, an amount, a rule) are shared out again: all that counts for them is in one hash.
-- Shapley: the same to each campaign of the path (to the channel of a touch without one), and its part evenly to its
-- touches; 232792560 is divisible by all numbers to 22.
{%- set variants = path_variants() %}
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{#- Models with milestones: their shares, and what all other touches share. -#}
{%- set milestones = {
    'position_40_20_40': ({'is_first': 40, 'is_last': 40}, 20),
    'u_shaped': ({'is_first': 40, 'is_lead_milestone': 40}, 20),
    'w_shaped': ({'is_first': 30, 'is_lead_milestone': 30, 'is_deal_milestone': 30}, 10),
    'full_path': ({'is_first': 225, 'is_lead_milestone': 225, 'is_deal_milestone': 225, 'is_last': 225}, 100)
} %}
with conversions as (
    select * from {{ ref('int_conversion') }}
),

path as (
    select * from {{ ref('int_attribution_touch') }}
),

-- Of points models, each has people of its own; all others share by var attribution_people.
path_of_all as (
    select * from path
    where people in ('both', '{{ variants.keys() | join("', '") }}')
),

currencies as (
    select * from {{ ref('currencies') }}
),

marked as (
    select
        stage,
        conversion_id,
        people,
        position,
        {% for model, (shares, _) in milestones.items() -%}
            {% for flag, share in shares.items() -%}
                case when {{ flag }} then {{ share }} else 0 end {{ '+' if not loop.last }}
            {% endfor -%}
            as {{ model }},
        {% endfor -%}
        cast(greatest(round(1e9 * power(2, -days_before / {{ var('attribution_half_life_days') }})), 1) as bigint)
            as time_decay,
        232792560 // count(*) over (partition by stage, conversion_id, people, coalesce(campaign_id, channel))
            as shapley
    from path_of_all
),

-- Lists are shared out many times faster than rows that have to be sorted anew for each model and amount.
paths as (
    select
        stage,
        conversion_id,
        people,
        {% for model in milestones -%}
            count(*) filter (where {{ model }} = 0) as {{ model }}_others,
        {% endfor -%}
        list_sort(list(struct_pack(
            position,
            {% for model in milestones -%} {{ model }}, {% endfor -%}
            time_decay,
            shapley
        ))) as touches
    from marked
    group by stage, conversion_id, people
),

influenced as (
    select
        points.stage,
        points.conversion_id,
        points.people,
        points.model,
        list_sort(list(struct_pack(path.position, points.points))) as touches
    from {{ ref('int_influence_points') }} as points
    inner join path
        on
            points.stage = path.stage
            and points.conversion_id = path.conversion_id
            and points.people = path.people
            and points.touch_id = path.touch_id
    group by points.stage, points.conversion_id, points.people, points.model
),

weighed as (
    {% for people, suffix in variants.items() %}
        select
            stage,
            conversion_id,
            people,
            'linear{{ suffix }}' as model,
            list_transform(touches, lambda touch: cast(1 as bigint)) as points
        from paths
        where {{ is_path_of(people) }}
        union all
        {% for model in ['time_decay', 'shapley'] %}
            select
                stage, conversion_id, people, '{{ model }}{{ suffix }}',
                list_transform(touches, lambda touch: touch.{{ model }})
            from paths
            where {{ is_path_of(people) }}
            union all
        {% endfor %}
        {% for model, (_, rest) in milestones.items() %}
            select
                stage, conversion_id, people, '{{ model }}{{ suffix }}',
                list_transform(
                    touches,
                    lambda touch: case
                        when touch.{{ model }} > 0 then touch.{{ model }} * greatest({{ model }}_others, 1)
                        else {{ rest }}
                    end
                )
            from paths
            where {{ is_path_of(people) }}
            union all
        {% endfor %}
    {% endfor %}
    -- Where no touch of a path has points, all have the same.
    select
        stage, conversion_id, people, model,
        case
            when list_bool_or(list_transform(touches, lambda touch: touch.points > 0))
                then list_transform(touches, lambda touch: touch.points)
            else list_transform(touches, lambda touch: cast(1 as bigint))
        end
    from influenced
),

measured as (
    select
        weighed.*,
        coalesce(currencies.exponent, 2) as exponent,
        cast(1000000000 as bigint) as weight_units,
        -- By an integer: by a power, which is a double, large amounts would lose their last digits.
        cast(
            round(conversions.amount_native * cast(power(10, coalesce(currencies.exponent, 2)) as bigint)) as bigint
        ) as native_units,
        cast(round(conversions.amount_reporting * {{ 10 ** cents }}) as bigint) as reporting_units
    from weighed
    inner join conversions
        on weighed.stage = conversions.stage and weighed.conversion_id = conversions.conversion_id
    left join currencies on conversions.currency = currencies.currency
),

signed as (
    select
        stage,
        conversion_id,
        -- Of all models together: what changes is the whole conversion.
        bit_xor(hash(struct_pack(model, people, points, exponent, native_units, reporting_units))) as signature
    from measured
    group by stage, conversion_id
),

changed as (
    select measured.*, signed.signature
    from measured
    inner join signed on measured.stage = signed.stage and measured.conversion_id = signed.conversion_id
    {% if is_incremental() %}
        anti join {{ this }} as known
            on
                signed.stage = known.stage
                and signed.conversion_id = known.conversion_id
                and signed.signature = known.signature
    {% endif %}
),

shared as (
    {{ shared_lists('changed', ['weight', 'native', 'reporting']) }}
),

final as (
    select
        stage,
        conversion_id,
        people,
        model,
        points,
        -- Multiplied, because a quotient of decimals is a double.
        list_transform(
            weight_parts,
            lambda part: cast(cast(part as decimal(18, 0)) * cast(0.000000001 as decimal(10, 9)) as decimal(10, 9))
        ) as weights,
        list_transform(
            native_parts,
            lambda part: cast(
                cast(part * cast(power(10, 4 - exponent) as bigint) as decimal(18, 0)) * cast(0.0001 as decimal(5, 4))
                as decimal(18, 4)
            )
        ) as amounts_native,
        list_transform(
            reporting_parts,
            lambda part: cast(
                cast(part as decimal(18, 0)) * cast({{ 1 / 10 ** cents }} as decimal(3, 2)) as decimal(18, 2)
            )
        ) as amounts_reporting,
        signature
    from shared
)

select * from final
