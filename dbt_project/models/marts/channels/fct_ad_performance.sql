with ads as (
    select * from {{ ref('int_ads_day') }}
),

final as (
    select
        {{ ad_performance_columns() }}
    from ads
)

select * from final
