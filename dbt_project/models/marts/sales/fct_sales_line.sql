with lines as (
    select * from {{ ref('int_sales_line') }}
),

opportunities as (
    select * from {{ ref('int_opportunity') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

identified as (
    select
        *,
        case line_kind
            when 'unallocated' then 'Unallocated'
            when 'unspecified' then 'Unspecified'
            else coalesce(product_id, 'Unspecified')
        end as known_product_id
    from lines
),

final as (
    select
        identified.line_id,
        identified.opportunity_id,
        opportunities.sale_kind,
        opportunities.closed_on,
        identified.line_kind,
        identified.known_product_id as product_id,
        products.product_name,
        products.product_family,
        identified.bundle_id,
        identified.quantity,
        identified.list_price as list_price_native,
        identified.unit_price as unit_price_native,
        identified.amount_native,
        opportunities.currency,
        identified.amount_reporting,
        opportunities.fx_rate,
        opportunities.fx_on as fx_date,
        opportunities.is_fx_missing,
        identified.list_reporting,
        cast(identified.list_reporting - identified.amount_reporting as decimal(18, 2)) as discount_reporting,
        identified.cost_reporting,
        cast(identified.amount_reporting - identified.cost_reporting as decimal(18, 2)) as margin_reporting,
        opportunities.account_key as account_id,
        opportunities.region,
        coalesce(nullif(trim(opportunities.segment), ''), 'Unknown') as segment,
        opportunities.distribution_channel,
        opportunities.channel,
        opportunities.origin_campaign_id,
        opportunities.rep_id,
        opportunities.rep_name,
        opportunities.team,
        opportunities.is_new_account,
        opportunities.is_refund,
        row_number() over (partition by identified.opportunity_id order by identified.line_id) = 1 as is_first_line,
        {{ data_as_of() }} as data_as_of
    from identified
    inner join opportunities on identified.opportunity_id = opportunities.opportunity_id
    left join products on identified.known_product_id = products.product_id
)

select * from final
