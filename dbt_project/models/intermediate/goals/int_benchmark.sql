{{ config(materialized='ephemeral', tags=['dated']) }}
-- The newest benchmark of each metric, segment and publisher at the reporting date.
select
    metric,
    coalesce(segment, '(all)') as segment,
    coalesce(benchmark_source, '(none)') as benchmark_source,
    low,
    median,
    high,
    published_on
from {{ ref('stg_benchmarks') }}
where published_on is null or published_on <= {{ data_as_of() }}
qualify row_number() over (
    partition by metric, segment, benchmark_source
    order by published_on desc nulls last, source asc, account_id asc
) = 1
