with judged as (
    {{ judged_rows('social_period') }}
),

final as (
    select
        period_start,
        period_end,
        {{ staged_social_metrics() }}
    from judged
    where _outcome = 'current'
)

select * from final
