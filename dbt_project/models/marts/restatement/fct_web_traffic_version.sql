with web as (
    select * from {{ ref('int_web_version') }}
),

final as (
    select
        {{ version_column_names() | join(',\n        ') }},
        {{ web_traffic_columns() }}
    from web
)

select * from final
