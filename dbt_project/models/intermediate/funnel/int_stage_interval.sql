{{
    config(
        materialized='incremental', incremental_strategy='delete+insert', unique_key='entity_id',
        pre_hook="{{ delete_touched('entity_id', also=\"entity_type <> 'person'\") }}"
    )
}}
-- Where every lead, company and deal stands at any time (R077): one unbroken line of half-open intervals each, with
-- owner, team, region and segment as of the day the stage was entered (G16). Nothing in it depends on the day of the
-- build, so that a day changes those only who moved.
with persons as (
    select * from {{ ref('int_person') }}
),

origins as (
    select * from {{ ref('int_person_origin') }}
),

opportunities as (
    select * from {{ ref('int_opportunity') }}
),

-- Neighbours and repetitions are found in narrow rows: a window sorts every column it is given.
spans as (
    select
        'person' as entity_type, person_id as entity_id, interval_number, stage, stage_order, stage_type, sla_days,
        entered_at, left_at, is_imputed, evidence
    from {{ ref('int_person_interval') }}
    {{ where_touched('person_id') }}
    union all
    select
        'opportunity', opportunity_id, interval_number, stage, stage_order, stage_type, sla_days, entered_at, left_at,
        is_imputed, evidence
    from {{ ref('int_opportunity_interval') }}
    union all
    select
        'account', account_id, interval_number, stage, stage_order, stage_type, null, entered_at, left_at, false,
        'people'
    from {{ ref('int_account_interval') }}
),

measured as (
    select
        *,
        epoch(left_at - entered_at) / 86400.0 as days_stayed,
        lead(stage) over line as next_stage,
        lead(stage_order) over line as next_order,
        lead(stage_type) over line as next_type
    from spans
    window line as (partition by entity_type, entity_id order by interval_number)
),

dated as (
    select
        *,
        {{ business_day('entered_at') }} as entered_on,
        {{ business_day('left_at') }} as left_on,
        row_number() over stays as entry_number,
        min(case when not is_imputed then entered_at end) over (
            stays rows between unbounded preceding and unbounded following
        ) as first_recorded_at,
        coalesce(
            sum(days_stayed) over (stays rows between unbounded preceding and 1 preceding), 0
        ) as days_stayed_before,
        case
            when next_stage is null then null
            when next_type = 'recycle' then 'recycled'
            when next_type = 'won' and next_order > stage_order and stage_type = 'won' then 'forward'
            when next_type <> 'open' then next_type
            when next_order > stage_order then 'forward'
            else 'back'
        end as outcome
    from measured
    window stays as (partition by entity_type, entity_id, stage order by interval_number)
),

-- What is said of the whole lead, deal or company.
entities as (
    select
        'person' as entity_type,
        origins.person_id as entity_id,
        origins.person_id,
        cast(null as varchar) as opportunity_id,
        origins.account_id,
        persons.account_known_at,
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
    from origins
    inner join persons on origins.person_id = persons.person_id
    {{ where_touched('origins.person_id') }}
    union all
    select
        'opportunity',
        opportunity_id,
        person_id,
        opportunity_id,
        account_id,
        null,
        coalesce(nullif(trim(pipeline), ''), '(default)'),
        'opportunity',
        opportunity_id,
        owner_id,
        owner_name,
        region_label,
        null,
        channel,
        origin_campaign_id,
        source,
        amount_reporting
    from opportunities
    union all
    select
        'account',
        accounts.account_id,
        null,
        null,
        accounts.account_id,
        null,
        'Companies',
        'account',
        accounts.account_id,
        accounts.owner_id,
        accounts.owner_name,
        null,
        null,
        coalesce(first_leads.channel, 'Unknown'),
        first_leads.campaign_id,
        accounts.source,
        null
    from {{ ref('stg_crm_accounts') }} as accounts
    left join {{ ref('int_account_origin') }} as first_leads on accounts.account_id = first_leads.account_id
),

owners as (
    {{ owner_spans() }}
),

owned as (
    select
        dated.*,
        entities.* exclude (entity_type, entity_id, owner_id, owner_name),
        case when owners.record_id is null then entities.owner_id else owners.owner_id end as owner_id,
        case when owners.record_id is null then entities.owner_name else owners.owner_name end as owner_name
    from dated
    inner join entities on dated.entity_type = entities.entity_type and dated.entity_id = entities.entity_id
    left join owners
        on
            entities.owned_kind = owners.record_kind
            and entities.owned_id = owners.record_id
            and dated.entered_on > owners.owned_after
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
    -- The company a lead turned out to belong to says nothing about the time before. A contact is written down moments
    -- after the stage its conversion began.
    left join addresses
        on
            case
                when owned.account_known_at is null or owned.entered_at >= owned.account_known_at - interval 1 minute
                    then owned.account_id
            end = addresses.account_id
            and owned.entered_on >= addresses.valid_from
            and owned.entered_on < addresses.valid_to
    left join regions on lower(trim(owned.region_label)) = regions.region_key
    left join countries as named_countries on {{ country_key('owned.region_label') }} = named_countries.country_label
    left join countries as own_countries
        on {{ country_key('addresses.' ~ address ~ '_country') }} = own_countries.country_label
),

-- Who was given up or handed back has the reason that stood in the record then: of the deal that was lost, of the deal
-- the person was lost with, or of the person.
judged as (
    select
        *,
        not is_imputed
        and entity_type <> 'account'
        and stage_type = 'open'
        and (
            coalesce(outcome, '') in ('lost', 'recycled')
            or (coalesce(outcome, '') = 'back' and entity_type = 'person')
        ) as is_given_up,
        entity_type = 'person' and coalesce(outcome, '') = 'lost' and stage = 'Opportunity' as is_by_deal
    from placed
),

given_up as (
    select
        *,
        case when is_given_up then opportunity_id end as lost_deal_id,
        case when is_given_up and is_by_deal then entity_id end as person_lost_with_deal,
        case when is_given_up and not is_by_deal then entity_id end as person_given_up
    from judged
),

last_given_up as (
    select entity_id as person_id, max(interval_number) as interval_number
    from dated
    where entity_type = 'person' and not is_imputed and stage_type = 'open' and outcome in ('lost', 'recycled', 'back')
    group by entity_id
),

lost_deals as (
    select opportunity_id, closed_on, coalesce(nullif(trim(loss_reason), ''), 'Unspecified') as reason
    from opportunities
    where status = 'lost'
),

lost_with_person as (
    select
        links.person_id,
        lost_deals.closed_on,
        max_by(lost_deals.reason, lost_deals.opportunity_id) as reason,
        lead(lost_deals.closed_on, 1, date '9999-12-31') over (
            partition by links.person_id order by lost_deals.closed_on
        ) as closed_until
    from lost_deals
    inner join {{ ref('int_opportunity_person') }} as links on lost_deals.opportunity_id = links.opportunity_id
    group by links.person_id, lost_deals.closed_on
),

lead_records as (
    select person_id, record_id from {{ ref('int_person_link') }}
    where record_kind = 'lead' {{ and_touched('person_id') }}
),

recorded_reasons as (
    select
        lead_records.person_id,
        changes.changed_at,
        max_by(nullif(trim(changes.new_value), ''), changes.lead_history_id) as reason,
        lead(changes.changed_at, 1, timestamp '9999-12-31') over (
            partition by lead_records.person_id order by changes.changed_at
        ) as changed_until
    from {{ ref('stg_crm_lead_history') }} as changes
    inner join lead_records on changes.lead_id = lead_records.record_id
    where
        changes.changed_field like '%reason%' and changes.changed_at is not null
        {{ and_touched('changes.lead_id') }}
    group by lead_records.person_id, changes.changed_at
),

-- Without a history of the field, the newest record gives the reason of the last loss.
newest_reasons as (
    select lead_records.person_id, max_by(leads.loss_reason, (leads.created_at, leads.lead_id)) as reason
    from {{ ref('stg_crm_leads') }} as leads
    inner join lead_records on leads.lead_id = lead_records.record_id
    where leads.loss_reason is not null {{ and_touched('leads.lead_id') }}
    group by lead_records.person_id
),

final as (
    select
        given_up.entity_type,
        given_up.entity_id,
        given_up.interval_number,
        given_up.person_id,
        given_up.opportunity_id,
        given_up.account_id,
        given_up.pipeline,
        given_up.stage,
        given_up.stage_order,
        given_up.stage_type,
        given_up.entry_number,
        given_up.entered_at,
        given_up.left_at,
        given_up.entered_on,
        given_up.left_on,
        given_up.left_at is null as is_current,
        given_up.is_imputed,
        given_up.first_recorded_at,
        given_up.evidence,
        given_up.next_stage,
        given_up.outcome,
        case
            when not given_up.is_given_up then null
            when given_up.entity_type = 'opportunity' then coalesce(lost_deals.reason, 'Unspecified')
            when given_up.is_by_deal then coalesce(lost_with_person.reason, 'Unspecified')
            else coalesce(
                recorded_reasons.reason,
                case
                    when last_given_up.person_id is not null and recorded_reasons.person_id is null
                        then newest_reasons.reason
                end,
                'Unspecified'
            )
        end as exit_reason,
        given_up.days_stayed,
        given_up.days_stayed_before,
        given_up.sla_days,
        given_up.rep_id,
        given_up.rep_name,
        given_up.team,
        given_up.region,
        given_up.segment,
        given_up.channel,
        coalesce(given_up.campaign_id, '(none)') as campaign_id,
        given_up.source,
        given_up.amount_reporting
    from given_up
    left join lost_deals on given_up.lost_deal_id = lost_deals.opportunity_id
    left join lost_with_person
        on
            given_up.person_lost_with_deal = lost_with_person.person_id
            and given_up.left_on >= lost_with_person.closed_on
            and given_up.left_on < lost_with_person.closed_until
    left join recorded_reasons
        on
            given_up.person_given_up = recorded_reasons.person_id
            and given_up.left_at >= recorded_reasons.changed_at
            and given_up.left_at < recorded_reasons.changed_until
    left join newest_reasons on given_up.person_given_up = newest_reasons.person_id
    left join last_given_up
        on
            given_up.person_given_up = last_given_up.person_id
            and given_up.interval_number = last_given_up.interval_number
)

select * from final
