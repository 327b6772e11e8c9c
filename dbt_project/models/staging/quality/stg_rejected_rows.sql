with rejected as (
    select * from {{ source('raw', '_rejected_rows') }}
),

final as (
    select batch_id, row_number as source_row_number, column_name, reason, rejected_by
    from rejected
)

select * from final
