-- Not the moment a file arrived: the same files must give the same tables whenever they come.
with files as (
    select * from {{ source('raw', '_files') }}
),

final as (
    select
        sha256 as file_sha256,
        file_name,
        size_bytes,
        channel,
        contract,
        outcome,
        reason,
        message
    from files
)

select * from final
