with judged as (
    {{ judged_rows('search_period') }}
),

final as (
    select
        period_start,
        period_end,
        {{ staged_search() }}
    from judged
    where _outcome = 'current'
    window same_table as (partition by _batch_id)
)

select * from final
