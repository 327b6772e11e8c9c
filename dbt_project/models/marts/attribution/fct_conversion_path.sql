-- The path to each conversion, touch by touch, with the milestones that models weigh (R051-R055): what fct_attribution
-- is made from, so that every credit can be explained.
with path as (
    select * from {{ ref('int_attribution_touch') }}
),

final as (
    select
        stage,
        conversion_id,
        people,
        touch_id,
        position,
        touches,
        person_id,
        coalesce(campaign_id, '(none)') as campaign_id,
        channel,
        touch_type,
        touched_at,
        cast(days_before as double) as days_before,
        is_first,
        is_last,
        is_last_non_direct,
        is_lead_milestone as made_the_lead,
        is_deal_milestone as is_last_before_deal,
        is_mql_milestone as is_last_before_mql,
        {{ data_as_of() }} as data_as_of
    from path
)

select * from final
