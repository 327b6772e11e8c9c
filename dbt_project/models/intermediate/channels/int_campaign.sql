with records as (
    select * from {{ ref('int_campaign_record') }}
),

final as (
    select
        campaign_id,
        min_by(record_name, (authority, source, record_id)) as campaign_name,
        min_by(campaign_type, (authority, source, record_id)) as campaign_type,
        cast(count(*) as bigint) as record_count,
        string_agg(distinct source, ', ' order by source) as sources,
        bool_or(record_kind = 'crm') as is_in_crm,
        bool_or(record_kind = 'ads') as is_on_ad_platform,
        bool_or(record_kind = 'email') as is_in_email,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from records
    group by campaign_id
)

select * from final
