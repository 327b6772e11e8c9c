with ads as (
    select * from {{ ref('int_ads_version') }}
),

final as (
    select
        {{ version_column_names() | join(',\n        ') }},
        {{ ad_performance_columns() }}
    from ads
)

select * from final
