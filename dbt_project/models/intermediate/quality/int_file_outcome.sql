{{ config(materialized='ephemeral') }}
-- Received files with what was loaded from them and whether it counts.
with files as (
    select * from {{ ref('stg_files') }}
),

kept_aside as (
    select batch_id, count(distinct source_row_number) as rows_kept_aside
    from {{ ref('stg_rejected_rows') }}
    where rejected_by = 'check'
    group by batch_id
),

tables as (
    select
        batches.file_sha256, batches.source, batches.period_start, batches.period_end, batches.rows_in,
        batches.rows_loaded, batches.rows_rejected, batches.rows_dropped,
        coalesce(kept_aside.rows_kept_aside, 0) as rows_kept_aside,
        'counts' as standing,
        null as standing_reason
    from {{ ref('stg_batches') }} as batches
    left join kept_aside on batches.batch_id = kept_aside.batch_id
    union all
    select
        file_sha256, source, period_start, period_end, rows_in, rows_loaded, rows_rejected, rows_dropped, 0, standing,
        message || '; what to do: ' || advice
    from {{ ref('stg_left_out') }}
),

loaded as (
    select
        file_sha256,
        count(*) as batch_count,
        string_agg(distinct source, ', ' order by source) as sources,
        min(period_start) as period_start,
        max(period_end) as period_end,
        sum(rows_in) as rows_in,
        sum(rows_loaded) as rows_loaded,
        sum(rows_rejected) as rows_rejected,
        sum(rows_dropped) as rows_dropped,
        sum(rows_kept_aside) as rows_kept_aside,
        -- The one that asks for somebody's attention first.
        case
            when bool_or(standing = 'suspended') then 'suspended'
            when bool_or(standing = 'withdrawn') then 'withdrawn'
            when bool_or(standing = 'replaced') then 'replaced'
            else 'counts'
        end as standing,
        string_agg(distinct standing_reason, '; ' order by standing_reason) as standing_reason
    from tables
    group by file_sha256
)

select
    files.file_sha256,
    files.file_name,
    files.size_bytes,
    files.channel,
    files.contract,
    loaded.sources,
    files.outcome,
    files.reason,
    files.message,
    loaded.standing,
    loaded.standing_reason,
    cast(coalesce(loaded.batch_count, 0) as bigint) as batch_count,
    loaded.period_start,
    loaded.period_end,
    cast(loaded.rows_in as bigint) as rows_in,
    cast(loaded.rows_loaded as bigint) as rows_loaded,
    cast(loaded.rows_rejected as bigint) as rows_rejected,
    cast(loaded.rows_dropped as bigint) as rows_dropped,
    cast(loaded.rows_kept_aside as bigint) as rows_kept_aside
from files
left join loaded on files.file_sha256 = loaded.file_sha256
