{{ config(tags=['dated']) }}
-- Orders that a CRM holds as a won deal, too (shops write their orders into CRMs): a deal of the same amount that names
-- the order's number, or of the same customer within days. One deal for an order, one order for a deal.
with orders as (
    select *, lower(trim(order_number, '# ')) as number_key
    from {{ ref('int_order') }}
    where excluded_reason is null and sold_on <= {{ data_as_of() }}
),

links as (
    select record_kind, record_id, person_id from {{ ref('int_person_link') }}
),

won as (
    select * from {{ ref('stg_crm_opportunities') }}
    where status = 'won' and close_date <= {{ data_as_of() }} and amount_native > 0
),

deal_persons as (
    select won.opportunity_id, links.person_id
    from won
    inner join links on links.record_kind = 'contact' and won.contact_id = links.record_id
    union
    select won.opportunity_id, links.person_id
    from {{ ref('stg_crm_leads') }} as leads
    inner join won on leads.converted_opportunity_id = won.opportunity_id
    inner join links on links.record_kind = 'lead' and leads.lead_id = links.record_id
),

-- The words of a deal's name. Only of a deal that is nobody else's: a number alone is any number.
words as (
    select
        won.opportunity_id,
        trim(unnest(string_split_regex(lower(won.opportunity_name), '[\s,;:()|/]+')), '#.') as word
    from won
),

named as (
    select distinct orders.order_id, words.opportunity_id
    from words
    inner join orders on words.word = orders.number_key
    left join deal_persons on words.opportunity_id = deal_persons.opportunity_id
    where deal_persons.person_id is null or deal_persons.person_id = orders.person_id
),

of_customer as (
    select orders.order_id, deal_persons.opportunity_id
    from deal_persons
    inner join orders on deal_persons.person_id = orders.person_id
    union
    select orders.order_id, won.opportunity_id
    from won
    inner join orders on won.account_id = orders.crm_account_id
),

candidates as (
    select order_id, opportunity_id, 'order number' as evidence from named
    union all
    select order_id, opportunity_id, 'customer' from of_customer
),

-- A shop may write what was paid, or the items alone.
matched as (
    select
        candidates.*,
        won.close_date,
        won.amount_native as deal_amount,
        orders.sold_on,
        orders.paid_total,
        orders.currency,
        orders.source as order_source,
        won.source as deal_source,
        abs(won.close_date - orders.sold_on) as days_apart
    from candidates
    inner join won on candidates.opportunity_id = won.opportunity_id
    inner join orders on candidates.order_id = orders.order_id
    where
        won.currency = orders.currency
        and won.amount_native in (orders.paid_total, orders.items, orders.amount_native)
        and (
            candidates.evidence = 'order number'
            or abs(won.close_date - orders.sold_on) <= {{ var('sale_overlap_days') }}
        )
),

best_of_deals as (
    select *
    from matched
    qualify row_number() over (
        partition by opportunity_id order by evidence desc, days_apart asc, order_id asc
    ) = 1
),

final as (
    select *, '{{ var("sale_overlap") }}' as counted
    from best_of_deals
    qualify row_number() over (partition by order_id order by evidence desc, days_apart asc, opportunity_id asc) = 1
)

select * from final
