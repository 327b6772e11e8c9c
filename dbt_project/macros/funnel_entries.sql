{#-
First entries of leads and deals into every stage, skipped stages imputed (G7), with the dimensions of that day (G16);
recorded_at is the first entry that was recorded (policy strict), NULL if none was. Beside the stages of
fct_stage_interval: `Created` (deals); `Contacted`, `Negotiation`, `Purchased` (first won deal that cost something),
`Trial`, `Subscribed`, `Signed up` (either), `Subscription kept` and `Subscription ended` (leads).
-#}
{% macro funnel_entries() -%}
    select
        entity_type, entity_id, stage, entered_at, entered_on, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name as owner, team, is_imputed,
        first_recorded_at as recorded_at, pipeline
    from {{ ref('fct_stage_interval') }}
    where
        entry_number = 1
        and entity_type <> 'account'
        and stage not in ('Lost', 'Recycled', 'Unknown', 'Unmapped')
        and not (entity_type = 'opportunity' and stage = 'Won')
    union all
    -- Of a re-opened deal the last close counts (R020).
    select
        entity_type, entity_id, stage, entered_at, entered_on, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name, team, is_imputed, entered_at, pipeline
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'opportunity' and stage = 'Won' and is_current
    union all
    select
        entity_type, entity_id, 'Created', entered_at, entered_on, amount_reporting,
        channel, campaign_id, source, region, segment, rep_name, team, false, entered_at, pipeline
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'opportunity' and interval_number = 1
    union all
    select
        'person', begun.entity_id, milestones.stage,
        -- A day without a time is never before the lead's own first moment.
        greatest(milestones.reached_at, begun.entered_at), milestones.reached_on, null,
        begun.channel, begun.campaign_id, begun.source, begun.region, begun.segment, begun.rep_name, begun.team,
        false, greatest(milestones.reached_at, begun.entered_at), begun.pipeline
    from ({{ person_milestones() }}) as milestones
    inner join {{ ref('fct_stage_interval') }} as begun
        on
            begun.entity_type = 'person'
            and milestones.person_id = begun.entity_id
            and begun.interval_number = 1
            and milestones.reached_on >= begun.entered_on
    union all
    select
        'person', begun.entity_id, 'Negotiation', min(steps.entered_at), min(steps.entered_on), null,
        begun.channel, begun.campaign_id, begun.source, begun.region, begun.segment, begun.rep_name, begun.team,
        min_by(steps.is_imputed, (steps.entered_at, steps.entity_id, steps.interval_number)),
        min(steps.entered_at) filter (where not steps.is_imputed), begun.pipeline
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

{#- What leads reach beside the stages: person_id, stage, reached_at, reached_on; once each. -#}
{% macro person_milestones() -%}
    select person_id, 'Contacted' as stage, contacted_at as reached_at, contacted_on as reached_on
    from {{ ref('int_person_contact') }}
    where contacted_on is not null
    union all
    select links.person_id, 'Purchased', {{ start_of_business_day('min(links.closed_on)') }}, min(links.closed_on)
    from {{ ref('int_opportunity_person') }} as links
    inner join (
        select opportunity_id
        from {{ ref('int_sales_line') }}
        group by opportunity_id
        having sum(amount_native) > 0
    ) as paid on links.opportunity_id = paid.opportunity_id
    inner join {{ ref('int_person_origin') }} as origins
        on links.person_id = origins.person_id and links.closed_on >= origins.lead_created_on
    where links.is_won
    group by links.person_id
    union all
    select person_id, stage, {{ start_of_business_day('reached_on') }}, reached_on
    from (
        select
            person_id,
            unnest(
                ['Trial', 'Subscribed', 'Signed up', 'Subscription kept', 'Subscription ended']
            ) as stage,
            unnest([trial_on, subscribed_on, least(trial_on, subscribed_on), retained_on, churned_on]) as reached_on
        from {{ ref('int_person_subscription') }}
        where run_number = 1
    ) as signed
    where reached_on is not null
{%- endmacro %}

{#-
The dimensions of variable funnel_dimensions as rows: beside the columns of `relation`, dimension_type and _value.
Two lists unnested side by side: a lateral join would compare every column of its rows with themselves.
-#}
{% macro by_dimension(relation) -%}
    select
        *,
        unnest(['all'{% for dimension in var('funnel_dimensions') %}, '{{ dimension }}'{% endfor %}]) as dimension_type,
        unnest([
            'all'
            {%- for dimension in var('funnel_dimensions') %}, {{ {'campaign': 'campaign_id'}.get(dimension, dimension) }}
            {%- endfor %}
        ]) as dimension_value
    from {{ relation }}
{%- endmacro %}

{#- Stages from which customers, who have won already, may still go on. -#}
{% macro customer_stages() -%}
    ('Customer', 'Retained', 'Purchased', 'Trial', 'Subscribed', 'Signed up')
{%- endmacro %}

{#- Days a cohort is given to go on; none: ever. -#}
{% macro cohort_windows() -%}
    {{ return([30, 60, 90, 180, 365, none]) }}
{%- endmacro %}

{#- Of the members of a cohort, per window of `d` days: numerator_d, amount_d, strict_d, open_d. -#}
{% macro counts_in_windows() -%}
    {%- for days in cohort_windows() %}
        {%- set in_time = 'is not null' if days is none else '<= ' ~ days %}
        count(*) filter (where days_taken {{ in_time }}) as numerator_{{ days }},
        sum(amount_reporting) filter (where days_taken {{ in_time }}) as amount_{{ days }},
        count(*) filter (where days_taken_strict {{ in_time }}) as strict_{{ days }},
        -- Who may still convert in time: not converted, not ended, window still running.
        count(*) filter (
            where
            days_taken is null
            and is_open
            {%- if days is not none %}
            and date_diff('day', entered_on, {{ data_as_of() }}) < {{ days }}
            {%- endif %}
        ) as open_{{ days }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
