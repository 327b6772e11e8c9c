with data_days as (
    select * from {{ ref('int_source_day') }}
),

exports as (
    select * from {{ ref('int_source_export') }}
),

final as (
    select
        exports.channel_kind,
        exports.source,
        exports.account_id,
        min(data_days.first_day) as first_data_on,
        max(data_days.last_day) as last_data_on,
        exports.last_exported_at,
        -- Plans reach into the future: they are not behind.
        cast(greatest(date_diff('day', max(data_days.last_day), {{ data_as_of() }}), 0) as bigint)
            as days_behind,
        cast(exports.file_count as bigint) as file_count,
        cast(exports.suspended_file_count as bigint) as suspended_file_count,
        cast(exports.rows_loaded as bigint) as rows_loaded,
        {{ data_as_of() }} as data_as_of
    from exports
    left join data_days
        on
            exports.channel_kind = data_days.channel_kind
            and exports.source = data_days.source
            and exports.account_id = coalesce(data_days.account_id, exports.account_id)
    group by all
)

select * from final
