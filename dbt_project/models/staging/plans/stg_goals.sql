with judged as (
    {{ judged_rows('goals') }}
),

final as (
    select
        {{ staged_goals() }}
    from judged
    where _outcome = 'current'
)

select * from final
