-- Sales that a shop and a CRM both hold, and which of the two counts.
with same_sales as (
    select * from {{ ref('int_sale_overlap') }}
),

final as (
    select
        order_id,
        opportunity_id,
        order_source,
        deal_source,
        evidence,
        counted,
        sold_on,
        close_date as closed_on,
        cast(days_apart as bigint) as days_apart,
        currency,
        paid_total as order_total_native,
        deal_amount as deal_amount_native,
        {{ data_as_of() }} as data_as_of
    from same_sales
)

select * from final
