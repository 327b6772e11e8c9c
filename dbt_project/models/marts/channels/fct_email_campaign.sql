with sends as (
    select * from {{ ref('int_email_send') }}
),

final as (
    select
        {{ email_campaign_columns() }}
    from sends
)

select * from final
