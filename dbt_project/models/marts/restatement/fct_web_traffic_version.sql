with web as (
    {{ conformed_web(ref('stg_web_versions'), 'web.date_day') }}
),

final as (
    select
        {{ version_column_names() | join(',\n        ') }},
        {{ web_traffic_columns() }}
    from web
)

select * from final
