-- The path to each conversion: its touches in order, with the milestones that models weigh. Of touches in one
-- moment the one with the smaller id comes first. Where others at the company of a deal were touched, it has two
-- paths: of the people of the deal, and of those of the account; elsewhere one is both. What sales did is a touch, but
-- credited only if var attribution_counts_sales says so; var attribution_path says whether repeated touches count.
with touches as (
    select * from {{ ref('int_touchpoint') }}
    {% if not var('attribution_counts_sales') %}where touch_kind <> 'sales_contact'{% endif %}
),

mqls as (
    select unit_id, entered_at
    from {{ ref('int_stage_entry') }}
    where unit = 'person' and funnel_stage = 'MQL'
),

eligible as (
    select
        conversions.stage,
        conversions.conversion_id,
        conversions.deal_begun_at,
        conversions.counts_until,
        persons.basis,
        persons.is_account_only,
        touches.touch_id,
        touches.person_id,
        touches.campaign_id,
        touches.channel,
        touches.department,
        touches.touch_type,
        touches.touched_at,
        touches.is_lead_creation,
        touches.touched_at <= mqls.entered_at as is_before_mql
    from {{ ref('int_conversion') }} as conversions
    inner join {{ ref('int_conversion_person') }} as persons
        on conversions.stage = persons.stage and conversions.conversion_id = persons.conversion_id
    inner join touches
        on
            persons.person_id = touches.person_id
            and conversions.counts_from <= touches.touched_at
            and conversions.counts_until >= touches.touched_at
    left join mqls on persons.person_id = mqls.unit_id
),

-- A deal that nobody is known of: where the CRM says it came from, at its beginning.
sourced as (
    select
        conversions.stage,
        conversions.conversion_id,
        conversions.deal_begun_at,
        conversions.counts_until,
        'deal' as basis,
        false as is_account_only,
        '(deal)' as touch_id,
        deals.origin_campaign_id as campaign_id,
        deals.channel,
        'Unknown' as department,
        conversions.deal_begun_at as touched_at,
        false as is_lead_creation
    from {{ ref('int_conversion') }} as conversions
    inner join {{ ref('int_opportunity') }} as deals on conversions.conversion_id = deals.opportunity_id
    left join {{ ref('int_conversion_person') }} as persons
        on conversions.stage = persons.stage and conversions.conversion_id = persons.conversion_id
    where conversions.unit = 'opportunity' and persons.person_id is null and deals.channel <> 'Unknown'
),

known as (
    select * from eligible
    union all by name
    select * from sourced
),

wider_for_account as (
    select distinct stage, conversion_id from known
    where is_account_only
),

paths as (
    select known.*, case when wider_for_account.stage is null then 'both' else 'deal' end as people
    from known
    left join wider_for_account
        on known.stage = wider_for_account.stage and known.conversion_id = wider_for_account.conversion_id
    where not known.is_account_only
    union all
    select known.*, 'account'
    from known
    inner join wider_for_account
        on known.stage = wider_for_account.stage and known.conversion_id = wider_for_account.conversion_id
),

counted as (
    {{ counted_touches('paths', 'stage, conversion_id, people') }}
),

-- Every milestone is read off one sort of the path.
numbered as (
    select
        *,
        row_number() over path as position,
        count(*) over whole_path as touches,
        -- Several persons of a deal became leads: the first of them began it.
        first_value(case when is_lead_creation then touch_id end ignore nulls) over whole_path as lead_touch_id,
        last_value(case when touched_at <= deal_begun_at then touch_id end ignore nulls) over whole_path
            as deal_touch_id,
        last_value(case when is_before_mql then touch_id end ignore nulls) over whole_path as mql_touch_id,
        last_value(case when channel <> 'Direct' then touch_id end ignore nulls) over whole_path as indirect_touch_id
    from counted
    window
        path as (partition by stage, conversion_id, people order by touched_at, touch_id),
        whole_path as (
            partition by stage, conversion_id, people order by touched_at, touch_id
            rows between unbounded preceding and unbounded following
        )
),

final as (
    select
        stage,
        conversion_id,
        people,
        touch_id,
        basis,
        person_id,
        campaign_id,
        channel,
        department,
        touch_type,
        touched_at,
        deal_begun_at,
        position,
        touches,
        position = 1 as is_first,
        position = touches as is_last,
        case when indirect_touch_id is null then position = touches else touch_id = indirect_touch_id end
            as is_last_non_direct,
        coalesce(touch_id = lead_touch_id, false) as is_lead_milestone,
        coalesce(touch_id = deal_touch_id, false) as is_deal_milestone,
        coalesce(touch_id = mql_touch_id, false) as is_mql_milestone,
        greatest(epoch(counts_until - touched_at) / 86400.0, 0) as days_before
    from numbered
)

select * from final
