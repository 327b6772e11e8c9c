with judged as (
    {{ judged_rows('social_daily') }}
),

final as (
    select
        date as date_day,
        {{ staged_social_metrics() }}
    from judged
    where _outcome = 'current'
)

select * from final
