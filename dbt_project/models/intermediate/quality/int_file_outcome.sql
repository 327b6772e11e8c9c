{{ config(materialized='ephemeral') }}
-- Received files with what was loaded from them.
with files as (
    select * from {{ ref('stg_files') }}
),

batches as (
    select
        file_sha256,
        count(*) as batch_count,
        string_agg(distinct source, ', ' order by source) as sources,
        min(period_start) as period_start,
        max(period_end) as period_end,
        sum(rows_in) as rows_in,
        sum(rows_loaded) as rows_loaded,
        sum(rows_rejected) as rows_rejected,
        sum(rows_dropped) as rows_dropped
    from {{ ref('stg_batches') }}
    group by file_sha256
)

select
    files.file_sha256,
    files.file_name,
    files.size_bytes,
    files.channel,
    files.contract,
    batches.sources,
    files.outcome,
    files.reason,
    files.message,
    cast(coalesce(batches.batch_count, 0) as bigint) as batch_count,
    batches.period_start,
    batches.period_end,
    cast(batches.rows_in as bigint) as rows_in,
    cast(batches.rows_loaded as bigint) as rows_loaded,
    cast(batches.rows_rejected as bigint) as rows_rejected,
    cast(batches.rows_dropped as bigint) as rows_dropped
from files
left join batches on files.file_sha256 = batches.file_sha256
