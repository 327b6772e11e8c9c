with web as (
    select * from {{ ref('int_web_day') }}
),

final as (
    select
        {{ web_traffic_columns() }}
    from web
)

select * from final
