with opportunities as (
    select * from {{ ref('int_opportunity') }}
),

lines as (
    select * from {{ ref('int_opportunity_line_count') }}
),

final as (
    select
        opportunities.opportunity_id,
        opportunities.source,
        opportunities.sale_kind,
        opportunities.order_id,
        opportunities.opportunity_name,
        opportunities.account_key as account_id,
        opportunities.person_id,
        -- The one answer to who the customer of a deal is.
        coalesce(
            opportunities.account_key, opportunities.person_id, opportunities.customer_key, opportunities.opportunity_id
        ) as customer_id,
        opportunities.pipeline,
        opportunities.source_stage,
        opportunities.canonical_stage as stage,
        opportunities.status,
        opportunities.opportunity_type,
        opportunities.deal_type,
        opportunities.created_on,
        opportunities.close_date as expected_close_on,
        opportunities.closed_on,
        opportunities.amount_native,
        opportunities.currency,
        opportunities.is_currency_assumed,
        opportunities.amount_reporting,
        opportunities.fx_rate,
        opportunities.fx_on as fx_date,
        opportunities.is_fx_missing,
        opportunities.probability,
        opportunities.rep_id,
        opportunities.rep_name,
        opportunities.team,
        opportunities.region,
        opportunities.region_alternate,
        opportunities.country_code,
        coalesce(nullif(trim(opportunities.segment), ''), 'Unknown') as segment,
        opportunities.distribution_channel,
        opportunities.channel,
        opportunities.origin_campaign_id,
        coalesce(opportunities.origin_department, 'Unknown') as origin_department,
        opportunities.lead_created_on,
        cast(opportunities.cycle_days as bigint) as cycle_days,
        cast(
            case
                when opportunities.status = 'won' and opportunities.closed_on >= opportunities.lead_created_on
                    then opportunities.closed_on - opportunities.lead_created_on
            end as bigint
        ) as full_cycle_days,
        cast(
            case
                when opportunities.status = 'open'
                    then {{ data_as_of() }} - opportunities.created_on
            end as bigint
        ) as age_days,
        opportunities.is_new_account,
        opportunities.is_in_win_rate,
        opportunities.is_refund,
        -- What makes somebody a customer: a won deal that cost something.
        coalesce(opportunities.status = 'won' and opportunities.amount_native > 0, false) as is_purchase,
        opportunities.is_closed_before_created,
        opportunities.is_stage_unmapped,
        case
            when opportunities.status = 'lost' then coalesce(nullif(trim(opportunities.loss_reason), ''), 'Unspecified')
        end as loss_reason,
        coalesce(lines.line_count, 0) as line_count,
        coalesce(lines.product_count, 0) as product_count,
        {{ data_as_of() }} as data_as_of
    from opportunities
    left join lines on opportunities.opportunity_id = lines.opportunity_id
)

select * from final
