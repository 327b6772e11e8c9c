with channels as (
    select * from {{ ref('channels') }}
),

final as (
    select
        channel,
        sort_order,
        channel_kind,
        is_paid,
        is_marketing,
        {{ data_as_of() }} as data_as_of
    from channels
)

select * from final
