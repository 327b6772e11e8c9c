{{ config(materialized='ephemeral') }}
-- What each source and account exported so far, and when last.
select
    channel as channel_kind,
    source,
    account_id,
    max(exported_at) as last_exported_at,
    count(distinct file_sha256) as file_count,
    sum(rows_loaded) as rows_loaded
from {{ ref('stg_batches') }}
group by channel, source, account_id
