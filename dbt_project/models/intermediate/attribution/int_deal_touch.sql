-- Every touch of a deal, what sales did among them (R058): which department began it and which had a part. A deal that
-- nobody touched has one row, of the department and campaign it came from as the CRM says.
with conversions as (
    select * from {{ ref('int_conversion') }}
    where unit = 'opportunity'
),

persons as (
    select * from {{ ref('int_conversion_person') }}
    {% if main_people() == 'deal' %}where not is_account_only{% endif %}
),

touched as (
    select
        conversions.stage,
        conversions.conversion_id,
        touches.touch_id,
        touches.department,
        touches.campaign_id,
        touches.touched_at
    from conversions
    inner join persons
        on conversions.stage = persons.stage and conversions.conversion_id = persons.conversion_id
    inner join {{ ref('int_touchpoint') }} as touches
        on
            persons.person_id = touches.person_id
            and conversions.counts_from <= touches.touched_at
            and conversions.counts_until >= touches.touched_at
),

untouched as (
    select
        conversions.stage,
        conversions.conversion_id,
        '(deal)' as touch_id,
        deals.origin_department as department,
        deals.origin_campaign_id as campaign_id,
        conversions.deal_begun_at as touched_at
    from conversions
    inner join {{ ref('int_opportunity') }} as deals on conversions.conversion_id = deals.opportunity_id
    left join touched on conversions.stage = touched.stage and conversions.conversion_id = touched.conversion_id
    where touched.conversion_id is null
),

known as (
    select * from touched
    union all
    select * from untouched
),

final as (
    select
        stage,
        conversion_id,
        touch_id,
        coalesce(department, 'Unknown') as department,
        coalesce(campaign_id, '(none)') as campaign_id,
        touched_at,
        row_number() over (partition by stage, conversion_id order by touched_at, touch_id) = 1 as is_first
    from known
)

select * from final
