with left_out as (
    select * from {{ source('raw', '_left_out') }}
),

final as (
    select
        batch_id,
        file_sha256,
        file_name,
        channel,
        source,
        account_id,
        exported_at,
        period_start,
        period_end,
        rows_in,
        rows_loaded,
        rows_rejected,
        rows_dropped,
        standing,
        reason,
        message,
        advice
    from left_out
)

select * from final
