{{ config(materialized='view') }}
-- Where every lead, company and deal stands at any time (R077), as of the reporting date: whoever is still in a
-- stage has been in it until that day's end. A view, because that end moves every day for everybody; it names its table
-- without the database, so that it can be read wherever the build file is attached.
with intervals as (
    select
        *,
        coalesce(
            days_stayed, epoch({{ end_of_business_day(data_as_of()) }} - entered_at) / 86400.0
        ) as days_in_stage
    from {{ ref('int_stage_interval').include(database=false) }}
),

final as (
    select
        entity_type,
        entity_id,
        interval_number,
        person_id,
        opportunity_id,
        account_id,
        pipeline,
        stage,
        stage_order,
        stage_type,
        entry_number,
        entered_at,
        left_at,
        entered_on,
        left_on,
        is_current,
        is_imputed,
        first_recorded_at,
        evidence,
        next_stage,
        outcome,
        exit_reason,
        days_in_stage,
        days_stayed_before + days_in_stage as days_in_stage_cumulative,
        sla_days,
        days_in_stage > sla_days as is_over_sla,
        rep_id,
        rep_name,
        team,
        region,
        segment,
        channel,
        campaign_id,
        source,
        amount_reporting,
        {{ data_as_of() }} as data_as_of
    from intervals
)

select * from final
