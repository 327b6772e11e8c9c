-- The path to each conversion: its touches in order, with the milestones that models weigh. Of touches in one moment the
-- one with the smaller id comes first. What sales did is a touch, but credited only if var attribution_counts_sales says so.
with touches as (
    select * from {{ ref('int_touchpoint') }}
    {% if not var('attribution_counts_sales') %}where touch_kind <> 'sales_contact'{% endif %}
),

eligible as (
    select
        conversions.stage,
        conversions.conversion_id,
        conversions.deal_begun_at,
        conversions.counts_until,
        persons.basis,
        touches.touch_id,
        touches.person_id,
        touches.campaign_id,
        touches.channel,
        touches.department,
        touches.touched_at,
        touches.is_lead_creation
    from {{ ref('int_conversion') }} as conversions
    inner join {{ ref('int_conversion_person') }} as persons
        on conversions.stage = persons.stage and conversions.conversion_id = persons.conversion_id
    inner join touches
        on
            persons.person_id = touches.person_id
            and touches.touched_at >= conversions.counts_from
            and touches.touched_at <= conversions.counts_until
),

numbered as (
    select
        *,
        row_number() over path as position,
        count(*) over (partition by stage, conversion_id) as touches,
        -- Several persons of a deal became leads: the first of them began it.
        is_lead_creation and row_number() over (
            partition by stage, conversion_id, is_lead_creation order by touched_at, touch_id
        ) = 1 as is_lead_milestone,
        touched_at <= deal_begun_at and row_number() over (
            partition by stage, conversion_id, touched_at <= deal_begun_at order by touched_at desc, touch_id desc
        ) = 1 as is_deal_milestone,
        row_number() over (
            partition by stage, conversion_id order by channel = 'Direct', touched_at desc, touch_id desc
        ) = 1 as is_last_non_direct
    from eligible
    window path as (partition by stage, conversion_id order by touched_at, touch_id)
),

final as (
    select
        stage,
        conversion_id,
        touch_id,
        basis,
        person_id,
        campaign_id,
        channel,
        department,
        touched_at,
        position,
        touches,
        position = 1 as is_first,
        position = touches as is_last,
        is_last_non_direct,
        is_lead_milestone,
        coalesce(is_deal_milestone, false) as is_deal_milestone,
        greatest(epoch(counts_until - touched_at) / 86400.0, 0) as days_before
    from numbered
)

select * from final
