with judged as (
    {{ judged_rows('marketing_costs') }}
),

final as (
    select
        {{ staged_costs() }}
    from judged
    where _outcome = 'current'
)

select * from final
