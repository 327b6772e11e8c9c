with judged as (
    {{ judged_rows('web_traffic') }}
),

final as (
    select
        date as date_day,
        {{ staged_web() }}
    from judged
    where _outcome = 'current'
)

select * from final
