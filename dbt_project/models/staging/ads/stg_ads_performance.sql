with judged as (
    {{ judged_rows('ads_performance') }}
),

final as (
    select
        date as date_day,
        {{ staged_ads() }}
    from judged
    where _outcome = 'current'
)

select * from final
