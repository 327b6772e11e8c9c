-- noqa: disable=LT02
-- Points of each touch under the models of seed influence_rules (R054): the sum of the rules that hold for it,
-- never below 0. Where no touch of a conversion has points, all have the same.
{%- set flags = {
    'first_touch': 'path.is_first',
    'last_touch': 'path.is_last',
    'lead_touch': 'path.is_lead_milestone',
    'mql_touch': 'path.is_mql_milestone',
    'before_deal': 'path.touched_at <= path.deal_begun_at',
    'after_deal': 'path.touched_at > path.deal_begun_at',
    'main_contact': 'coalesce(members.is_origin, false)'
} %}
with path as (
    select * from {{ ref('int_attribution_touch') }}
),

rules as (
    select model, criterion, lower(trim(coalesce(label, ''))) as label, points
    from {{ ref('influence_rules') }}
),

models as (
    select distinct model from rules
),

campaigns as (
    select campaign_id, lower(trim(campaign_type)) as campaign_type
    from {{ ref('int_campaign') }}
),

described as (
    select
        path.stage,
        path.conversion_id,
        path.touch_id,
        path.days_before,
        lower(trim(path.touch_type)) as response_status,
        campaigns.campaign_type
        {%- for name, condition in flags.items() %},
        {{ condition }} as is_{{ name }}
        {%- endfor %}
    from path
    left join {{ ref('int_opportunity_person') }} as members
        on path.conversion_id = members.opportunity_id and path.person_id = members.person_id
    left join campaigns on path.campaign_id = campaigns.campaign_id
),

summed as (
    select
        described.stage,
        described.conversion_id,
        described.touch_id,
        models.model,
        greatest(coalesce(sum(rules.points), 0), 0) as points
    from described
    cross join models
    left join rules
        on
            models.model = rules.model
            and case rules.criterion
                {% for name in flags %}
                    when '{{ name }}' then described.is_{{ name }}
                {% endfor %}
                when 'response_status' then described.response_status = rules.label
                when 'campaign_type' then described.campaign_type = rules.label
                when 'within_days' then described.days_before <= try_cast(rules.label as integer)
            end
    group by described.stage, described.conversion_id, described.touch_id, models.model
),

final as (
    select
        stage,
        conversion_id,
        touch_id,
        model,
        cast(
            case when sum(points) over (partition by stage, conversion_id, model) = 0 then 1 else points end as bigint
        ) as points
    from summed
)

select * from final
