with judged as (
    {{ judged_rows('social_daily') }}
),

final as (
    select
        date as date_day,
        source,
        account_id,
        lower(trim(platform)) as platform,
        coalesce(page_id, '') as page_id,
        page_name,
        lower(trim(metric)) as metric,
        coalesce(lower(trim(scope)), 'total') as metric_scope,
        value as metric_value
    from judged
    where _outcome = 'current'
)

select * from final
