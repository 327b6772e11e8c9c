-- noqa: disable=LT02
-- Which rules of seed influence_rules hold for which touch, and the points they give (R054).
{%- set flags = {
    'first_touch': 'path.is_first',
    'last_touch': 'path.is_last',
    'lead_touch': 'path.is_lead_milestone',
    'mql_touch': 'path.is_mql_milestone',
    'before_deal': 'path.touched_at <= path.deal_begun_at',
    'after_deal': 'path.touched_at > path.deal_begun_at',
    'main_contact': 'coalesce(members.is_origin, false)',
    'primary_contact': 'primary_contacts.person_id is not null'
} %}
{%- set labels = ['response_status', 'campaign_type', 'channel'] %}
with path as (
    select * from {{ ref('int_attribution_touch') }}
),

rules as (
    select model, criterion, lower(trim(coalesce(label, ''))) as label, points
    from {{ ref('influence_rules') }}
),

campaigns as (
    select campaign_id, lower(trim(campaign_type)) as campaign_type
    from {{ ref('int_campaign') }}
),

primary_contacts as (
    select distinct roles.opportunity_id, links.person_id
    from {{ ref('stg_crm_contact_roles') }} as roles
    inner join {{ ref('int_person_link') }} as links
        on links.record_kind = 'contact' and roles.contact_id = links.record_id
    where roles.is_primary
),

described as (
    select
        path.stage,
        path.conversion_id,
        path.touch_id,
        path.days_before,
        lower(trim(path.touch_type)) as response_status,
        campaigns.campaign_type,
        lower(path.channel) as channel
        {%- for name, condition in flags.items() %},
        {{ condition }} as is_{{ name }}
        {%- endfor %}
    from path
    left join {{ ref('int_opportunity_person') }} as members
        on path.conversion_id = members.opportunity_id and path.person_id = members.person_id
    left join primary_contacts
        on path.conversion_id = primary_contacts.opportunity_id and path.person_id = primary_contacts.person_id
    left join campaigns on path.campaign_id = campaigns.campaign_id
),

final as (
    select
        described.stage,
        described.conversion_id,
        described.touch_id,
        rules.model,
        rules.criterion,
        rules.label,
        rules.points
    from described
    inner join rules
        on
            case rules.criterion
                {% for name in flags %}
                    when '{{ name }}' then described.is_{{ name }}
                {% endfor %}
                {% for name in labels %}
                    when '{{ name }}' then described.{{ name }} = rules.label
                {% endfor %}
                when 'within_days' then described.days_before <= try_cast(rules.label as integer)
            end
)

select * from final
