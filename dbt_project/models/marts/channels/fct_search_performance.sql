with searches as (
    select * from {{ ref('int_search_performance') }}
),

final as (
    select
        case when is_daily then period_start end as date_day,
        period_start,
        period_end,
        is_daily,
        source,
        account_id,
        search_type,
        filters,
        cut,
        query,
        page,
        country,
        device,
        search_appearance,
        breakdown,
        clicks,
        impressions,
        {{ safe_divide('clicks', 'impressions') }} as click_rate,
        position_sum,
        {{ safe_divide('position_sum', 'impressions') }} as average_position,
        {{ data_as_of() }} as data_as_of
    from searches
)

select * from final
