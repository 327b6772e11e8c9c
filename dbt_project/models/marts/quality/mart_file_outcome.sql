with files as (
    select * from {{ ref('int_file_outcome') }}
),

final as (
    select
        *,
        {{ data_as_of() }} as data_as_of
    from files
)

select * from final
