with judged as (
    {{ judged_rows('benchmarks') }}
),

final as (
    select
        source,
        account_id,
        lower(trim(metric)) as metric,
        nullif(trim(segment), '') as segment,
        low,
        median,
        high,
        benchmark_source,
        published_on
    from judged
    where _outcome = 'current'
)

select * from final
