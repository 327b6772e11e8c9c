with ads as (
    {{ conformed_ads(ref('stg_ads_versions'), 'ads.date_day') }}
),

final as (
    select
        {{ version_column_names() | join(',\n        ') }},
        {{ ad_performance_columns() }}
    from ads
)

select * from final
