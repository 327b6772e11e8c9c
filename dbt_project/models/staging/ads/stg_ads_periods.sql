with judged as (
    {{ judged_rows('ads_period') }}
),

final as (
    select
        period_start,
        period_end,
        {{ staged_ads() }}
    from judged
    where _outcome = 'current'
)

select * from final
