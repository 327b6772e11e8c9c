with judged as (
    {{ judged_rows('social_period') }}
),

final as (
    select
        period_start,
        period_end,
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
