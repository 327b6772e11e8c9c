with judged as (
    {{ judged_rows('search_performance') }}
),

final as (
    select
        date as period_start,
        date as period_end,
        {{ staged_search() }}
    from judged
    where _outcome = 'current'
    window same_table as (partition by _batch_id)
)

select * from final
