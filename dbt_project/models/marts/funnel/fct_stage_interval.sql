-- Where every lead, company and deal stands at any time (R077): one unbroken line of half-open intervals each, with
-- owner, team, region and segment as of the day the stage was entered (G16).
with persons as (
    select * from {{ ref('int_person') }}
),

origins as (
    select * from {{ ref('int_person_origin') }}
),

opportunities as (
    select * from {{ ref('int_opportunity') }}
),

-- A company came in the way its first lead did.
first_leads as (
    select
        account_id,
        min_by(channel, (lead_created_at, person_id)) as channel,
        min_by(coalesce(campaign_id, ''), (lead_created_at, person_id)) as campaign_id
    from origins
    where account_id is not null
    group by account_id
),

lines as (
    select
        'person' as entity_type,
        own.person_id as entity_id,
        own.interval_number,
        own.stage,
        own.stage_order,
        own.stage_type,
        own.sla_days,
        own.entered_at,
        own.left_at,
        own.is_imputed,
        own.evidence,
        own.person_id,
        cast(null as varchar) as opportunity_id,
        origins.account_id,
        'Lead to customer' as pipeline,
        persons.first_lead_record_kind as owned_kind,
        persons.first_lead_record_id as owned_id,
        origins.owner_id,
        origins.owner_name,
        cast(null as varchar) as region_label,
        origins.region as own_region,
        origins.channel,
        origins.campaign_id,
        origins.source,
        cast(null as decimal(18, 2)) as amount_reporting
    from {{ ref('int_person_interval') }} as own
    inner join origins on own.person_id = origins.person_id
    inner join persons on own.person_id = persons.person_id
    union all
    select
        'opportunity',
        own.opportunity_id as entity_id,
        own.interval_number,
        own.stage,
        own.stage_order,
        own.stage_type,
        own.sla_days,
        own.entered_at,
        own.left_at,
        own.is_imputed,
        own.evidence,
        opportunities.person_id,
        opportunities.opportunity_id,
        opportunities.account_id,
        coalesce(nullif(trim(opportunities.pipeline), ''), '(default)'),
        'opportunity',
        own.opportunity_id as owned_id,
        opportunities.owner_id,
        opportunities.owner_name,
        opportunities.region_label,
        null,
        opportunities.channel,
        opportunities.origin_campaign_id,
        opportunities.source,
        opportunities.amount_reporting
    from {{ ref('int_opportunity_interval') }} as own
    inner join opportunities on own.opportunity_id = opportunities.opportunity_id
    union all
    select
        'account',
        own.account_id as entity_id,
        own.interval_number,
        own.stage,
        own.stage_order,
        own.stage_type,
        null as sla_days,
        own.entered_at,
        own.left_at,
        false as is_imputed,
        'people' as evidence,
        null as person_id,
        null as opportunity_id,
        own.account_id,
        'Companies',
        'account',
        own.account_id as owned_id,
        accounts.owner_id,
        accounts.owner_name,
        null as region_label,
        null as own_region,
        coalesce(first_leads.channel, 'Unknown'),
        nullif(first_leads.campaign_id, ''),
        accounts.source,
        null as amount_reporting
    from {{ ref('int_account_interval') }} as own
    inner join {{ ref('stg_crm_accounts') }} as accounts on own.account_id = accounts.account_id
    left join first_leads on own.account_id = first_leads.account_id
),

dated as (
    select
        *,
        {{ business_day('entered_at') }} as entered_on,
        {{ business_day('left_at') }} as left_on,
        lead(stage) over line as next_stage,
        lead(stage_order) over line as next_order,
        lead(stage_type) over line as next_type,
        row_number() over (
            partition by entity_type, entity_id, stage order by interval_number
        ) as entry_number,
        min(case when not is_imputed then entered_at end) over (
            partition by entity_type, entity_id, stage
        ) as first_recorded_at
    from lines
    window line as (partition by entity_type, entity_id order by interval_number)
),

owners as (
    select record_kind, record_id, exported_on, owner_id, owner_name from {{ ref('stg_crm_lead_owners') }}
    union all
    select 'opportunity', opportunity_id, exported_on, owner_id, owner_name
    from {{ ref('stg_crm_opportunity_owners') }}
),

-- The owner on a day is who the first export on or after it names: records are handed over later.
owned as (
    select
        dated.* exclude (owner_id, owner_name),
        case when owners.record_id is null then dated.owner_id else owners.owner_id end as owner_id,
        case when owners.record_id is null then dated.owner_name else owners.owner_name end as owner_name
    from dated
    asof left join owners
        on
            dated.owned_kind = owners.record_kind
            and dated.owned_id = owners.record_id
            and dated.entered_on <= owners.exported_on
),

addresses as (
    select * from {{ ref('stg_crm_account_versions') }}
),

countries as (
    select * from {{ ref('countries') }}
),

regions as (
    select distinct lower(region) as region_key, region from countries
),

{%- set address = 'shipping' if var('region_address') == 'shipping' else 'billing' %}

placed as (
    select
        owned.*,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        coalesce(aliases.rep_name, 'Unknown') as rep_name,
        coalesce(teams.team, reps.team, 'Unknown') as team,
        coalesce(
            owned.own_region, regions.region, named_countries.region, own_countries.region, 'Unknown'
        ) as region,
        coalesce(nullif(trim(addresses.segment), ''), 'Unknown') as segment
    from owned
    left join {{ ref('int_rep_alias') }} as aliases
        on
            owned.source = aliases.source
            and owned.owner_id is not distinct from aliases.owner_id
            and owned.owner_name is not distinct from aliases.owner_name
    left join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and owned.entered_on >= teams.valid_from
            and owned.entered_on < teams.valid_to
    left join {{ ref('int_sales_rep') }} as reps on aliases.rep_id = reps.rep_id
    left join addresses
        on
            owned.account_id = addresses.account_id
            and owned.entered_on >= addresses.valid_from
            and owned.entered_on < addresses.valid_to
    left join regions on lower(trim(owned.region_label)) = regions.region_key
    left join countries as named_countries on lower(trim(owned.region_label)) = named_countries.country_label
    left join countries as own_countries
        on lower(trim(addresses.{{ address }}_country)) = own_countries.country_label
),

timed as (
    select
        *,
        case
            when next_stage is null then null
            when next_type = 'recycle' then 'recycled'
            when next_type = 'won' and next_order > stage_order and stage_type = 'won' then 'forward'
            when next_type <> 'open' then next_type
            when next_order > stage_order then 'forward'
            else 'back'
        end as outcome,
        epoch(coalesce(left_at, {{ end_of_business_day(data_as_of()) }}) - entered_at) / 86400.0 as days_in_stage
    from placed
),

-- Who was given up or handed back: the reason that stood in the record then.
given_up as (
    select
        entity_type, entity_id, interval_number, left_at, left_on,
        outcome = 'lost' and stage = 'Opportunity' as is_by_deal,
        row_number() over (partition by entity_type, entity_id order by interval_number desc) = 1 as is_last
    from timed
    where
        not is_imputed
        and entity_type <> 'account'
        and stage_type = 'open'
        and (outcome in ('lost', 'recycled') or (outcome = 'back' and entity_type = 'person'))
),

lost_deals as (
    select opportunity_id, closed_on, coalesce(nullif(trim(loss_reason), ''), 'Unspecified') as reason
    from opportunities
    where status = 'lost'
),

lost_with_person as (
    select links.person_id, lost_deals.closed_on, max_by(lost_deals.reason, lost_deals.opportunity_id) as reason
    from lost_deals
    inner join {{ ref('int_opportunity_person') }} as links on lost_deals.opportunity_id = links.opportunity_id
    group by links.person_id, lost_deals.closed_on
),

lead_records as (
    select person_id, record_id from {{ ref('int_person_link') }}
    where record_kind = 'lead'
),

recorded_reasons as (
    select
        lead_records.person_id, changes.changed_at,
        max_by(nullif(trim(changes.new_value), ''), changes.lead_history_id) as reason
    from {{ ref('stg_crm_lead_history') }} as changes
    inner join lead_records on changes.lead_id = lead_records.record_id
    where changes.changed_field like '%reason%' and changes.changed_at is not null
    group by lead_records.person_id, changes.changed_at
),

-- Without a history of the field the newest record tells why the person was given up last.
newest_reasons as (
    select lead_records.person_id, max_by(leads.loss_reason, (leads.created_at, leads.lead_id)) as reason
    from {{ ref('stg_crm_leads') }} as leads
    inner join lead_records on leads.lead_id = lead_records.record_id
    where leads.loss_reason is not null
    group by lead_records.person_id
),

reasons as (
    select given_up.*, coalesce(lost_deals.reason, 'Unspecified') as reason
    from given_up
    left join lost_deals on given_up.entity_id = lost_deals.opportunity_id
    where given_up.entity_type = 'opportunity'
    union all
    select given_up.*, coalesce(lost_with_person.reason, 'Unspecified')
    from given_up
    asof left join lost_with_person
        on given_up.entity_id = lost_with_person.person_id and given_up.left_on >= lost_with_person.closed_on
    where given_up.entity_type = 'person' and given_up.is_by_deal
    union all
    select
        given_up.*,
        coalesce(
            recorded_reasons.reason,
            case when given_up.is_last and recorded_reasons.person_id is null then newest_reasons.reason end,
            'Unspecified'
        )
    from given_up
    asof left join recorded_reasons
        on given_up.entity_id = recorded_reasons.person_id and given_up.left_at >= recorded_reasons.changed_at
    left join newest_reasons on given_up.entity_id = newest_reasons.person_id
    where given_up.entity_type = 'person' and not given_up.is_by_deal
),

final as (
    select
        timed.entity_type,
        timed.entity_id,
        timed.interval_number,
        timed.person_id,
        opportunity_id,
        account_id,
        pipeline,
        stage,
        stage_order,
        stage_type,
        entry_number,
        entered_at,
        timed.left_at,
        entered_on,
        timed.left_on,
        timed.left_at is null as is_current,
        is_imputed,
        first_recorded_at,
        evidence,
        next_stage,
        outcome,
        reasons.reason as exit_reason,
        days_in_stage,
        sum(days_in_stage) over (
            partition by timed.entity_type, timed.entity_id, stage order by timed.interval_number
            rows between unbounded preceding and current row
        ) as days_in_stage_cumulative,
        sla_days,
        days_in_stage > sla_days as is_over_sla,
        rep_id,
        rep_name,
        team,
        region,
        segment,
        channel,
        coalesce(campaign_id, '(none)') as campaign_id,
        source,
        amount_reporting,
        {{ data_as_of() }} as data_as_of
    from timed
    left join reasons
        on
            timed.entity_type = reasons.entity_type
            and timed.entity_id = reasons.entity_id
            and timed.interval_number = reasons.interval_number
)

select * from final
