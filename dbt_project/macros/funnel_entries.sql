{#-
First entries of leads and deals into every stage, skipped stages imputed (G7), with the dimensions of that day (G16).
Beside the stages of fct_stage_interval: `Created` (deals), `Contacted` and `Negotiation` (leads).
-#}
{% macro funnel_entries() -%}
    select
        entity_type, entity_id, stage, entered_at, entered_on, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name as owner, team, is_imputed
    from {{ ref('fct_stage_interval') }}
    where entry_number = 1 and stage not in ('Lost', 'Recycled', 'Unknown', 'Unmapped')
    union all
    select
        entity_type, entity_id, 'Created', entered_at, entered_on, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name, team, false
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'opportunity' and interval_number = 1
    union all
    select
        'person', begun.entity_id, 'Contacted', contacts.contacted_at, contacts.contacted_on, null,
        begun.channel, begun.campaign_id, begun.source, begun.region, begun.segment, begun.rep_name, begun.team,
        false
    from {{ ref('int_person_contact') }} as contacts
    inner join {{ ref('fct_stage_interval') }} as begun
        on begun.entity_type = 'person' and contacts.person_id = begun.entity_id and begun.interval_number = 1
    where contacts.contacted_on is not null
    union all
    select
        'person', begun.entity_id, 'Negotiation', min(steps.entered_at), min(steps.entered_on), null,
        begun.channel, begun.campaign_id, begun.source, begun.region, begun.segment, begun.rep_name, begun.team,
        min_by(steps.is_imputed, (steps.entered_at, steps.entity_id, steps.interval_number))
    from {{ ref('fct_stage_interval') }} as begun
    inner join {{ ref('int_opportunity_person') }} as links on begun.entity_id = links.person_id
    inner join {{ ref('fct_stage_interval') }} as steps
        on
            steps.entity_type = 'opportunity'
            and links.opportunity_id = steps.entity_id
            and steps.stage = 'Negotiation'
            and steps.entered_at >= begun.entered_at
    where begun.entity_type = 'person' and begun.interval_number = 1
    group by all
{%- endmacro %}

{#- The dimensions of variable funnel_dimensions as rows: beside the columns of `relation`, dimension_type and _value. -#}
{% macro by_dimension(relation) -%}
    select dimensioned.*, cut.dimension_type, cut.dimension_value
    from {{ relation }} as dimensioned
    cross join lateral (
        values
        ('all', 'all')
        {%- for dimension in var('funnel_dimensions') %},
        ('{{ dimension }}', dimensioned.{{ {'campaign': 'campaign_id'}.get(dimension, dimension) }})
        {%- endfor %}
    ) as cut (dimension_type, dimension_value)
{%- endmacro %}
