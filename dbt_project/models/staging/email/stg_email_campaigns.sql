with judged as (
    {{ judged_rows('email_campaigns') }}
),

final as (
    select
        {{ staged_sends() }}
    from judged
    where _outcome = 'current'
)

select * from final
