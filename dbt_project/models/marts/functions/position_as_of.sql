-- Where each lead, company and deal stood at the end of a business day (R077). Days are compared, not instants: who
-- entered on or before the day and left after it was there when the day ended.
select
    entity_type,
    entity_id,
    person_id,
    opportunity_id,
    account_id,
    pipeline,
    stage,
    stage_order,
    stage_type,
    entered_at,
    entered_on,
    cast({{ asked_day() }} - entered_on as bigint) as days_in_stage,
    entry_number,
    sla_days,
    {{ asked_day() }} - entered_on > sla_days as is_over_sla,
    rep_id,
    rep_name,
    team,
    region,
    segment,
    channel,
    campaign_id,
    source,
    amount_reporting,
    {{ asked_day() }} as position_on
from {{ ref('fct_stage_interval').include(database=false) }}
where
    entered_on <= {{ asked_day() }}
    and (left_on is null or left_on > {{ asked_day() }})
    and {{ asked_day() }} <= data_as_of
