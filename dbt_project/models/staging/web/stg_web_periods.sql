with judged as (
    {{ judged_rows('web_period') }}
),

final as (
    select
        period_start,
        period_end,
        {{ staged_web() }}
    from judged
    where _outcome = 'current'
)

select * from final
