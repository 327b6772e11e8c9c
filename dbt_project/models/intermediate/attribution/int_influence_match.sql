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
    select
        model,
        {{ people_of_model() }} as people,
        criterion,
        lower(trim(coalesce(label, ''))) as label,
        case
            when criterion in ({{ "'" ~ labels | join("', '") ~ "'" }}) then lower(trim(coalesce(label, ''))) else ''
        end as compared,
        try_cast(label as integer) as days,
        points
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
        path.people,
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

-- What is true of a touch, as names of criteria with what each compares. Rules are found by equality: asking every rule
-- about every touch would be a comparison for each pair.
held as (
    select
        stage,
        conversion_id,
        people,
        touch_id,
        days_before,
        unnest(
            list_filter(
                [
                    {%- for name in flags %}
                        case when is_{{ name }} then struct_pack(criterion := '{{ name }}', compared := '') end,
                    {%- endfor %}
                    {%- for name in labels %}
                        struct_pack(criterion := '{{ name }}', compared := {{ name }}),
                    {%- endfor %}
                    struct_pack(criterion := 'within_days', compared := '')
                ],
                lambda one: one is not null
            ),
            recursive := true
        )
    from described
),

final as (
    select
        held.stage,
        held.conversion_id,
        held.touch_id,
        rules.model,
        rules.people,
        rules.criterion,
        rules.label,
        rules.points
    from held
    inner join rules
        on
            held.criterion = rules.criterion
            and held.compared = rules.compared
            and held.people in ('both', rules.people)
            and (rules.criterion <> 'within_days' or held.days_before <= rules.days)
)

select * from final
