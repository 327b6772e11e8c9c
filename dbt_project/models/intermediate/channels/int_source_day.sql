-- First and last day that each source has data for, per entity.
with days as (
    select 'ads' as channel_kind, source, account_id, date_day as first_day, date_day as last_day
    from {{ ref('stg_ads_performance') }}
    union all
    select 'ads', source, account_id, period_start, period_end from {{ ref('stg_ads_periods') }}
    union all
    select 'email', source, account_id, sent_on as first_day, sent_on as last_day from {{ ref('int_reported_send') }}
    union all
    select 'social', source, account_id, date_day as first_day, date_day as last_day from {{ ref('stg_social_daily') }}
    union all
    select 'social', source, account_id, period_start, period_end from {{ ref('stg_social_periods') }}
    union all
    select 'social', source, account_id, coalesce({{ business_day('published_at') }}, snapshot_on), snapshot_on
    from {{ ref('stg_social_post_snapshots') }}
    union all
    select 'web', source, account_id, date_day as first_day, date_day as last_day from {{ ref('stg_web_traffic') }}
    union all
    select 'web', source, account_id, period_start, period_end from {{ ref('stg_web_periods') }}
    union all
    select 'web', source, account_id, period_start, period_end from {{ ref('int_search_performance') }}
    union all
    select 'plans', source, account_id, period_start, period_end from {{ ref('stg_marketing_costs') }}
    union all
    select
        'crm', source, null,
        {{ business_day('created_at') }} as first_day,
        {{ business_day('created_at') }} as last_day
    from {{ ref('stg_crm_leads') }}
    union all
    select
        'crm', source, null,
        {{ business_day('created_at') }} as first_day,
        {{ business_day('created_at') }} as last_day
    from {{ ref('stg_crm_opportunities') }}
    union all
    select
        'crm', source, null,
        {{ business_day('activity_at') }} as first_day,
        {{ business_day('activity_at') }} as last_day
    from {{ ref('stg_crm_activities') }}
    union all
    select
        'crm', source, null,
        {{ business_day('started_at') }} as first_day,
        {{ business_day('started_at') }} as last_day
    from {{ ref('stg_crm_calls') }}
),

final as (
    select channel_kind, source, account_id, min(first_day) as first_day, max(last_day) as last_day
    from days
    where first_day is not null
    group by channel_kind, source, account_id
)

select * from final
