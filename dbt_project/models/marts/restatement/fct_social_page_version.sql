with metrics as (
    select * from {{ ref('int_social_page_version') }}
),

final as (
    select
        {{ version_column_names() | join(',\n        ') }},
        date_day,
        source,
        account_id,
        platform,
        page_id,
        page_name,
        metric,
        metric_scope,
        metric_value,
        {{ data_as_of() }} as data_as_of
    from metrics
)

select * from final
