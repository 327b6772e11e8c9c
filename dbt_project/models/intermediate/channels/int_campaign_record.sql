-- One marketing campaign has a record in the CRM, one or more on ad platforms, sends, posts and tracking parameters.
-- They are one campaign if they carry the same name, letter case, accents and separators aside, or if a name is
-- somebody's id (tracking parameters often are).
with named as (
    select 'ads' as record_kind, source, campaign_id as native_id, campaign_name, campaign_type, date_day as seen_on
    from {{ ref('stg_ads_performance') }}
    union all
    select 'ads', source, campaign_id, campaign_name, campaign_type, period_end
    from {{ ref('stg_ads_periods') }}
    union all
    select
        'email',
        source,
        send_id,
        {{ without_test_variant('coalesce(campaign_name, subject)') }},
        message_channel,
        sent_on
    from {{ ref('int_reported_send') }}
    union all
    select 'crm', source, campaign_id, campaign_name, campaign_type, start_date
    from {{ ref('stg_crm_campaigns') }}
    union all
    select 'social', source, null, campaign_name, null, cast(published_at as date)
    from {{ ref('stg_social_posts') }}
    union all
    select 'cost', source, null, campaign_name, null, period_start
    from {{ ref('stg_marketing_costs') }}
    union all
    select 'order', source, null, utm_campaign, null, cast(created_at as date)
    from {{ ref('stg_orders') }}
    union all
    select 'web', source, null, campaign_name, null, date_day
    from {{ ref('stg_web_traffic') }}
    union all
    select 'web', source, null, campaign_name, null, period_end
    from {{ ref('stg_web_periods') }}
),

keyed as (
    select
        *,
        {{ campaign_record('native_id', 'campaign_name') }} as record_id,
        {{ normalised_campaign('campaign_name') }} as name_key,
        case record_kind
            when 'crm' then 1 when 'ads' then 2 when 'email' then 3 when 'social' then 4
            when 'cost' then 5 else 6
        end as authority
    from named
),

-- A campaign that was renamed is known under its newest name.
records as (
    select
        record_kind,
        source,
        record_id,
        authority,
        bool_or(native_id is not null) as has_native_id,
        max_by(campaign_name, coalesce(seen_on, date '0001-01-01')) as record_name,
        max_by(name_key, coalesce(seen_on, date '0001-01-01')) as name_key,
        max_by(campaign_type, coalesce(seen_on, date '0001-01-01')) as campaign_type,
        min(seen_on) as first_seen_on,
        max(seen_on) as last_seen_on
    from keyed
    where record_id is not null
    group by record_kind, source, record_id, authority
),

-- What a bare name may mean: a current name first, then somebody's id, then a name no longer used.
meanings as (
    select name_key as alias, name_key as group_key, 1 as preference, record_kind, source, record_id
    from records
    where name_key is not null and has_native_id
    union all
    select
        {{ normalised_campaign("regexp_replace(record_id, '^' || source || ':', '')") }},
        coalesce(name_key, source || ':' || record_id), 2, record_kind, source, record_id
    from records
    where has_native_id
    union all
    select
        keyed.name_key as alias, records.name_key as group_key, 3,
        records.record_kind, records.source, records.record_id
    from keyed
    inner join records using (record_kind, source, record_id)
    where keyed.native_id is not null and keyed.name_key <> records.name_key
),

alias_groups as (
    select alias, group_key
    from meanings
    qualify row_number() over (partition by alias order by preference, record_kind, source, record_id) = 1
),

grouped as (
    select
        records.*,
        case
            when records.has_native_id then coalesce(records.name_key, records.source || ':' || records.record_id)
            else coalesce(alias_groups.group_key, records.name_key)
        end as group_key
    from records
    left join alias_groups
        on alias_groups.alias = case when records.has_native_id then null else records.record_id end
),

final as (
    select
        record_kind,
        source,
        record_id,
        record_name,
        campaign_type,
        first_seen_on,
        last_seen_on,
        has_native_id,
        authority,
        first_value(
            case record_kind when 'crm' then record_id else source || ':' || record_id end
        ) over (partition by group_key order by authority, source, record_id) as campaign_id
    from grouped
)

select * from final
