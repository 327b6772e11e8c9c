{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='unit_id',
        pre_hook="{{ delete_touched('unit_id', also=\"unit = 'opportunity'\") }}"
    )
}}
-- First entries of each lead into each stage of the funnel under both policies (G7): strict = as recorded; imputed =
-- who reached a later stage passed the earlier ones at that moment at the latest. Opportunities enter at creation and
-- end at their last close.
with stays as (
    select * from {{ ref('int_person_stage') }}
    {{ where_touched('person_id') }}
),

forward_stages as (
    select funnel_stage, stage_order
    from {{ ref('funnel_stages') }}
    where funnel_stage in ('Lead', 'MQL', 'SAL', 'Opportunity')
),

recorded as (
    select person_id, funnel_stage, stage_order, min(entered_at) as entered_at
    from stays
    where funnel_stage in ('Lead', 'MQL', 'SAL', 'Opportunity')
    group by person_id, funnel_stage, stage_order
),

implied as (
    select
        recorded.person_id,
        forward_stages.funnel_stage,
        forward_stages.stage_order,
        min(recorded.entered_at) as entered_at,
        min(recorded.entered_at) filter (where recorded.stage_order = forward_stages.stage_order) as recorded_at
    from recorded
    inner join forward_stages on recorded.stage_order >= forward_stages.stage_order
    group by recorded.person_id, forward_stages.funnel_stage, forward_stages.stage_order
),

final as (
    select
        'person' as unit,
        person_id as unit_id,
        person_id,
        funnel_stage,
        stage_order,
        entered_at,
        {{ business_day('entered_at') }} as entered_on,
        recorded_at,
        {{ business_day('recorded_at') }} as recorded_on,
        recorded_at is null or recorded_at > entered_at as is_imputed
    from implied
    union all
    select
        'opportunity', opportunity_id, person_id, 'Opportunity', 7, created_at, coalesce(created_on, closed_on),
        created_at, coalesce(created_on, closed_on), false
    from {{ ref('int_opportunity') }}
    where not is_refund and sale_kind = 'deal'
    union all
    select
        'opportunity', opportunity_id, person_id,
        case status when 'won' then 'Won' else 'Lost' end, case status when 'won' then 8 else 9 end,
        {{ start_of_business_day('closed_on') }}, closed_on, {{ start_of_business_day('closed_on') }}, closed_on, false
    from {{ ref('int_opportunity') }}
    where status <> 'open' and not is_refund and sale_kind = 'deal'
)

select * from final
