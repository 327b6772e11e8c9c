with batches as (
    select * from {{ source('raw', '_batches') }}
),

final as (
    select
        batch_id,
        file_sha256,
        file_name,
        source_table,
        contract,
        contract_version,
        channel,
        source,
        account_id,
        scope,
        restatement,
        exported_at,
        period_start,
        period_end,
        is_provisional,
        rows_in,
        rows_loaded,
        rows_rejected,
        rows_dropped,
        entities
    from batches
)

select * from final
