-- Everything that was exported and is in no fact, or in none by date, counted by its reason (G13).
with excluded as (
    select * from {{ ref('int_exclusion') }}
),

final as (
    select
        excluded_by,
        entity,
        source,
        account_id,
        reason,
        cast(sum(row_count) as bigint) as row_count,
        {{ data_as_of() }} as data_as_of
    from excluded
    group by excluded_by, entity, source, account_id, reason
)

select * from final
