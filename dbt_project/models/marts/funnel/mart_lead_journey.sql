-- Each lead from its first form to the sale: where it came from, when it reached each stage, its deals, where it stands
-- (R010). A deal is worth something to the one lead it originates from, so that amounts add up.
with origins as (
    select * from {{ ref('int_person_origin') }}
    where lead_created_on <= {{ data_as_of() }}
),

intervals as (
    select * from {{ ref('fct_stage_interval') }}
    where entity_type = 'person'
),

contacts as (
    select * from {{ ref('int_person_contact') }}
),

-- Records that turned out to be one person may have come from different sources: all are named, the first one first.
sources as (
    select
        person_id,
        count(*) as lead_records,
        string_agg(lead_source, '; ' order by lead_created_at, record_id) filter (where is_first_of_source)
            as lead_sources
    from (
        select
            links.person_id,
            creations.record_id,
            creations.lead_created_at,
            creations.lead_source,
            row_number() over (
                partition by links.person_id, creations.lead_source
                order by creations.lead_created_at, creations.record_id
            ) = 1 as is_first_of_source
        from {{ ref('int_lead_creation') }} as creations
        inner join {{ ref('int_person_link') }} as links
            on creations.record_id = links.record_id and creations.record_kind = links.record_kind
    ) as records
    group by person_id
),

responses as (
    select person_id, count(*) as responses, count(distinct campaign_id) as campaigns
    from {{ ref('int_campaign_response') }}
    where has_responded and {{ business_day('responded_at') }} <= {{ data_as_of() }}
    group by person_id
),

reached as (
    select
        entity_id as person_id,
        min(entered_at) filter (where stage = 'MQL') as mql_at,
        min(entered_at) filter (where stage = 'SAL') as sal_at,
        min(entered_at) filter (where stage = 'Opportunity') as opportunity_at,
        min(entered_at) filter (where stage = 'Customer') as customer_at,
        min(entered_at) filter (where stage = 'Retained') as retained_at,
        min(entered_at) filter (where stage = 'Churned') as churned_at,
        min(entered_at) filter (where stage = 'Lost') as lost_at,
        string_agg(stage, '; ' order by interval_number) filter (where is_imputed) as skipped_stages,
        count(*) filter (where stage = 'Recycled') as times_recycled,
        count(*) filter (where outcome = 'back') as times_moved_back,
        max_by(stage, stage_order) filter (where stage_type in ('open', 'won')) as furthest_stage
    from intervals
    group by entity_id
),

deals as (
    select
        links.person_id,
        string_agg(links.opportunity_id, '; ' order by deals.created_at, links.opportunity_id) filter (
            where not deals.is_refund and deals.sale_kind = 'deal'
        ) as opportunity_ids,
        count(*) filter (where not deals.is_refund and deals.sale_kind = 'deal') as opportunities,
        count(*) filter (where deals.status = 'open') as opportunities_open,
        count(*) filter (where deals.status = 'won' and not deals.is_refund and deals.sale_kind = 'deal')
            as opportunities_won,
        count(*) filter (where deals.status = 'lost') as opportunities_lost,
        sum(deals.amount_reporting) filter (where links.is_origin and deals.status = 'won') as won_amount,
        sum(deals.amount_reporting) filter (where links.is_origin and deals.status = 'open') as open_amount,
        sum(deals.amount_reporting) filter (where deals.status = 'won') as linked_won_amount
    from {{ ref('int_opportunity_person') }} as links
    inner join {{ ref('int_opportunity_base') }} as deals on links.opportunity_id = deals.opportunity_id
    inner join origins on links.person_id = origins.person_id
    -- What somebody ordered before becoming a lead is not a result of the lead.
    where deals.sale_kind = 'deal' or deals.created_at >= origins.lead_created_at
    group by links.person_id
),

final as (
    select
        origins.person_id,
        origins.account_id,
        origins.source,
        origins.lead_created_at,
        origins.lead_created_on,
        origins.channel,
        origins.channel_evidence,
        coalesce(origins.campaign_id, '(none)') as campaign_id,
        coalesce(origins.campaign_name, '(none)') as campaign_name,
        origins.department as origin_department,
        sources.lead_sources,
        cast(sources.lead_records as bigint) as lead_records,
        cast(coalesce(responses.responses, 0) as bigint) as responses,
        cast(coalesce(responses.campaigns, 0) as bigint) as campaigns_responded,
        contacts.contacted_at,
        epoch(contacts.contacted_at - origins.lead_created_at) / 3600.0 as hours_to_contact,
        contact_sources.source is not null as is_contact_known,
        -- Of CRMs whose activities are not known nobody can say who was addressed (G3).
        cast(case when contact_sources.source is not null then coalesce(contacts.contacts, 0) end as bigint)
            as contact_attempts,
        reached.mql_at,
        reached.sal_at,
        reached.opportunity_at,
        reached.customer_at,
        reached.retained_at,
        reached.churned_at,
        reached.lost_at,
        reached.skipped_stages,
        cast(reached.times_recycled as bigint) as times_recycled,
        cast(reached.times_moved_back as bigint) as times_moved_back,
        reached.furthest_stage,
        standing.stage as current_stage,
        standing.stage_type as current_stage_type,
        standing.entered_at as current_stage_entered_at,
        standing.days_in_stage as days_in_current_stage,
        standing.is_over_sla,
        standing.rep_id,
        standing.rep_name,
        standing.team,
        standing.region,
        standing.segment,
        deals.opportunity_ids,
        cast(coalesce(deals.opportunities, 0) as bigint) as opportunities,
        cast(coalesce(deals.opportunities_open, 0) as bigint) as opportunities_open,
        cast(coalesce(deals.opportunities_won, 0) as bigint) as opportunities_won,
        cast(coalesce(deals.opportunities_lost, 0) as bigint) as opportunities_lost,
        cast(coalesce(deals.open_amount, 0) as decimal(18, 2)) as open_amount_reporting,
        cast(coalesce(deals.won_amount, 0) as decimal(18, 2)) as won_amount_reporting,
        cast(coalesce(deals.linked_won_amount, 0) as decimal(18, 2)) as linked_won_amount_reporting,
        origins.first_won_on,
        {{ data_as_of() }} as data_as_of
    from origins
    inner join reached on origins.person_id = reached.person_id
    inner join intervals as standing on origins.person_id = standing.entity_id and standing.is_current
    left join sources on origins.person_id = sources.person_id
    left join responses on origins.person_id = responses.person_id
    left join contacts on origins.person_id = contacts.person_id
    left join {{ ref('int_contact_source') }} as contact_sources on origins.source = contact_sources.source
    left join deals on origins.person_id = deals.person_id
)

select * from final
