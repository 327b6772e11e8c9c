with versions as (
    select * from {{ ref('int_plan_version') }}
),

final as (
    select
        *,
        {{ data_as_of() }} as data_as_of
    from versions
)

select * from final
