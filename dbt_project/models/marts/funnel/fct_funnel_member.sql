-- Everybody who entered the first stage of a conversion, and what became of it (R030, R039): the rows that every cohort
-- of mart_funnel_conversion counts, for any regrouping.
with entries as (
    select * from {{ ref('int_funnel_entry') }}
    where is_counted
),

steps as (
    select * from {{ ref('int_funnel_step') }}
),

standing as (
    select entity_type, entity_id, stage_type, entered_on
    from {{ ref('fct_stage_interval') }}
    where is_current
),

members as (
    select
        steps.metric,
        starts.entity_type,
        starts.entity_id,
        steps.from_stage,
        steps.to_stage,
        starts.entered_at,
        starts.entered_on,
        starts.is_imputed,
        starts.recorded_at,
        starts.channel,
        starts.campaign_id,
        starts.source,
        starts.region,
        starts.segment,
        starts.owner,
        starts.team,
        starts.amount_reporting,
        steps.is_told,
        case when steps.is_told and ends.entered_at >= starts.entered_at then ends.entered_at end as reached_at,
        case when steps.is_told and ends.entered_at >= starts.entered_at then ends.entered_on end as reached_on,
        case
            when steps.is_told and ends.entered_at >= starts.entered_at and starts.recorded_at <= ends.recorded_at
                then ends.recorded_at
        end as reached_recorded_at,
        -- A customer's next steps are those of a customer; who inquired and is no lead yet may become one.
        coalesce(
            standing.stage_type = 'open'
            or (steps.from_stage in {{ customer_stages() }} and standing.stage_type = 'won'),
            steps.from_stage = 'Inquiry'
        ) as may_go_on,
        standing.entered_on as standing_since
    from entries as starts
    inner join steps
        on
            starts.entity_type = steps.entity_type
            and starts.stage = steps.from_stage
            and starts.source = steps.source
            and starts.pipeline = steps.pipeline
    left join entries as ends
        on
            starts.entity_type = ends.entity_type
            and starts.entity_id = ends.entity_id
            and steps.to_stage = ends.stage
    left join standing on starts.entity_type = standing.entity_type and starts.entity_id = standing.entity_id
    -- Who had got there before they inquired did not get there by the inquiry.
    where steps.from_stage <> 'Inquiry' or ends.entered_at is null or ends.entered_at >= starts.entered_at
),

judged as (
    select
        *,
        reached_on - entered_on as days_taken,
        {{ business_day('reached_recorded_at') }} - {{ business_day('recorded_at') }} as days_taken_strict,
        is_told and reached_at is null and may_go_on as is_open,
        {{ data_as_of() }} - entered_on as days_passed
    from members
),

final as (
    select
        metric,
        entity_type,
        entity_id,
        from_stage,
        to_stage,
        entered_at,
        entered_on,
        cast(date_trunc('month', entered_on) as date) as month_start,
        is_imputed,
        recorded_at,
        reached_at,
        reached_on,
        reached_recorded_at,
        case when is_told and not is_open then greatest(coalesce(reached_on, standing_since), entered_on) end
            as exited_on,
        case
            when not is_told then 'unknown'
            when reached_at is not null then 'converted'
            when is_open then 'open'
            else 'ended'
        end as outcome,
        days_taken,
        days_taken_strict,
        is_told,
        {%- for days in cohort_windows() %}
            {%- set name = days or 'ever' %}
            {%- if days is none %}
                reached_at is not null as is_converted_{{ name }},
                is_open as is_open_{{ name }},
                not is_open as is_mature_{{ name }},
            {%- else %}
                coalesce(days_taken <= {{ days }}, false) as is_converted_{{ name }},
                is_open and days_passed < {{ days }} as is_open_{{ name }},
                days_passed >= {{ days }} as is_mature_{{ name }},
            {%- endif %}
        {%- endfor %}
        channel,
        campaign_id,
        source,
        region,
        segment,
        owner,
        team,
        amount_reporting,
        {{ data_as_of() }} as data_as_of
    from judged
)

select * from final
