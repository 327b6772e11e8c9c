{{ config(tags=['dated']) }}
-- Status, days and money of everything that is or may become a sale as of the reporting date, before anything is joined
-- to it: deals of the CRM, paid orders of shops, and what was paid back of these (sale_kind says which).
with opportunities as (
    select * from {{ ref('stg_crm_opportunities') }}
),

rates as (
    select * from {{ ref('int_fx_rate') }}
),

-- One sale in two systems counts once (variable sale_overlap).
same_sales as (
    select * from {{ ref('int_sale_overlap') }}
),

-- A deal closed with a later date is open until that day comes (G4).
dated as (
    select
        *,
        {{ business_day('created_at') }} as created_on,
        case when status <> 'open' and close_date <= {{ data_as_of() }} then status else 'open' end
            as status_as_of,
        case when status <> 'open' and close_date <= {{ data_as_of() }} then close_date end
            as closed_on
    from opportunities
),

-- What an opportunity that is not closed yet was in last.
last_open_steps as (
    select
        opportunity_id,
        max_by(canonical_stage, (changed_at, opportunity_history_id)) as canonical_stage
    from {{ ref('stg_crm_opportunity_history') }}
    where stage_type = 'open' and {{ business_day('changed_at') }} <= {{ data_as_of() }}
    group by opportunity_id
),

events as (
    select
        dated.* exclude (canonical_stage),
        case
            when dated.status <> 'open' and dated.status_as_of = 'open'
                then coalesce(last_open_steps.canonical_stage, 'Unknown')
            else dated.canonical_stage
        end as canonical_stage,
        -- The open deal that nobody dated is worth what it is today.
        coalesce(dated.closed_on, dated.created_on, {{ data_as_of() }}) as fx_on
    from dated
    left join last_open_steps on dated.opportunity_id = last_open_steps.opportunity_id
    where
        coalesce(dated.created_on, dated.closed_on, {{ data_as_of() }}) <= {{ data_as_of() }}
        and dated.opportunity_id not in (
            select same_sales.opportunity_id from same_sales
            where same_sales.counted = 'order'
        )
),

{%- set address = 'shipping_country' if var('region_address') == 'shipping' else 'billing_country' %}
{%- set other_address = 'billing_country' if var('region_address') == 'shipping' else 'shipping_country' %}

-- An order is a sale from the day it counts, and was never open.
order_events as (
    select
        order_id as opportunity_id, source, order_number as opportunity_name, crm_account_id as account_id,
        campaign_id, 'Won' as canonical_stage, 'won' as status_as_of, created_at, created_on, sold_on as closed_on,
        amount_native, currency, is_currency_assumed, sales_channel as distribution_channel,
        {{ address }} as region_label, {{ other_address }} as region_alternate_label,
        sold_on as fx_on, 'order' as sale_kind, order_id, person_id as order_person_id, customer_key,
        channel as order_channel
    from {{ ref('int_order') }}
    where
        excluded_reason is null
        and sold_on <= {{ data_as_of() }}
        and order_id not in (
            select same_sales.order_id from same_sales
            where same_sales.counted = 'deal'
        )
    union all
    select
        refund_id, source, order_number, crm_account_id, campaign_id, 'Won', 'won', refunded_at, refunded_on,
        refunded_on, amount_native, currency, is_currency_assumed, sales_channel, {{ address }}, {{ other_address }},
        refunded_on, 'order', order_id, person_id, customer_key, channel
    from {{ ref('int_order_refund') }}
    where refunded_on <= {{ data_as_of() }} and amount_native <> 0
),

sales as (
    select *, 'deal' as sale_kind from events
    union all by name
    select *, closed_on as close_date, false as is_stage_unmapped from order_events
),

final as (
    select
        events.opportunity_id,
        events.source,
        events.sale_kind,
        events.order_id,
        events.opportunity_name,
        events.account_id,
        events.account_name,
        coalesce(events.account_id, events.source || ':' || lower(trim(events.account_name))) as account_key,
        events.contact_id,
        events.campaign_id,
        events.pipeline,
        events.source_stage,
        events.canonical_stage,
        events.is_stage_unmapped,
        events.shown_step,
        events.status_as_of as status,
        -- The one definition of a won deal; refunds are won deals, too.
        events.status_as_of = 'won' as is_won,
        events.created_at,
        events.created_on,
        events.close_date,
        events.closed_on,
        coalesce(events.closed_on < events.created_on, false) as is_closed_before_created,
        case
            when events.sale_kind = 'deal' and events.closed_on >= events.created_on
                then events.closed_on - events.created_on
        end as cycle_days,
        events.amount_native,
        events.currency,
        events.is_currency_assumed,
        {{ to_reporting_cents('events.amount_native', 'rates.rate') }} as amount_reporting,
        rates.rate as fx_rate,
        events.fx_on,
        rates.rate is null as is_fx_missing,
        -- CRMs have no record of a refund: a won record below zero takes back what an earlier one brought.
        coalesce(events.status_as_of = 'won' and events.amount_native < 0, false) as is_refund,
        events.probability,
        events.opportunity_type,
        events.lead_source,
        coalesce(events.lead_source, events.original_source) as origin_label,
        events.owner_id,
        events.owner_name,
        events.loss_reason,
        events.distribution_channel as distribution_channel_label,
        events.region_label,
        events.region_alternate_label,
        events.order_person_id,
        events.customer_key,
        events.order_channel
    from sales as events
    left join rates
        on
            events.currency = rates.from_currency
            and events.fx_on >= rates.valid_from
            and events.fx_on < rates.valid_to
)

select * from final
