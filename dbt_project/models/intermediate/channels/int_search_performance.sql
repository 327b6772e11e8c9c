-- Searches of days and of whole periods, each with what its report was cut by.
with searches as (
    select *, true as is_daily from {{ ref('stg_search_performance') }}
    union all by name
    select *, false as is_daily from {{ ref('stg_search_periods') }}
),

final as (
    select
        * exclude (position),
        cast(position * impressions as decimal(24, 6)) as position_sum
    from searches
)

select * from final
