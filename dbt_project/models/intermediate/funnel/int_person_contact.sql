{{ config(tags=['dated']) }}
-- First time sales addressed each lead after it was created (R015): a finished call, mail or meeting, attempts
-- included. Mails that a machine sends are counted apart.
with origins as (
    select * from {{ ref('int_person_origin') }}
),

links as (
    select * from {{ ref('int_person_link') }}
),

-- A telephone system names a record, not its CRM: a call may be of each. A join on a name made of both sides would
-- compare every call with everybody.
crm_sources as (
    select distinct split_part(record_id, ':', 1) as source from links
),

calls as (
    select {{ conformed_id('calls.related_id', 'crm_sources.source') }} as record_id, calls.started_at
    from {{ ref('stg_crm_calls') }} as calls
    cross join crm_sources
    where calls.direction = 'outbound'
),

activity_types as (
    select * from {{ ref('activity_types') }}
),

touches as (
    select
        links.person_id,
        activities.activity_at as touched_at,
        coalesce(types.is_automated, false) as is_automated
    from {{ ref('stg_crm_activities') }} as activities
    inner join links on activities.who_id = links.record_id
    left join activity_types as types on lower(trim(activities.activity_type)) = types.label
    where
        activities.is_done
        and lower(coalesce(activities.call_type, '')) <> 'inbound'
        and coalesce(types.is_contact, activities.activity_kind = 'event' or activities.duration_seconds > 0)
    union all
    select links.person_id, calls.started_at, false
    from calls
    inner join links on calls.record_id = links.record_id
),

mqls as (
    select person_id, min(entered_at) as mql_at
    from {{ ref('int_person_interval') }}
    where stage = 'MQL' and not is_imputed
    group by person_id
),

timed as (
    select
        touches.*,
        touches.touched_at >= origins.lead_created_at as is_of_lead,
        touches.touched_at >= mqls.mql_at as is_of_mql
    from touches
    inner join origins on touches.person_id = origins.person_id
    left join mqls on touches.person_id = mqls.person_id
    where {{ business_day('touches.touched_at') }} <= {{ data_as_of() }}
),

final as (
    select
        person_id,
        min(touched_at) filter (where is_of_lead and not is_automated) as contacted_at,
        {{ business_day('min(touched_at) filter (where is_of_lead and not is_automated)') }} as contacted_on,
        count(*) filter (where is_of_lead and not is_automated) as contacts,
        count(*) filter (where is_of_lead and is_automated) as automated_contacts,
        bool_or(not is_of_lead and not is_automated) as was_touched_before,
        min(touched_at) filter (where is_of_mql and not is_automated) as contacted_since_mql_at,
        coalesce(bool_or(not is_of_mql and not is_automated), false) as was_touched_before_mql
    from timed
    group by person_id
)

select * from final
