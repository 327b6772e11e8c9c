{{ config(materialized='ephemeral') }}
-- What each source and account exported so far, when last, and how many of its files wait for somebody.
with exports as (
    select channel, source, account_id, exported_at, file_sha256, rows_loaded, false as is_suspended
    from {{ ref('stg_batches') }}
    union all
    select channel, source, account_id, null, file_sha256, null, true
    from {{ ref('stg_left_out') }}
    where standing = 'suspended'
)

select
    channel as channel_kind,
    source,
    account_id,
    max(exported_at) as last_exported_at,
    count(distinct file_sha256) filter (where not is_suspended) as file_count,
    count(distinct file_sha256) filter (where is_suspended) as suspended_file_count,
    coalesce(sum(rows_loaded), 0) as rows_loaded
from exports
group by channel, source, account_id
