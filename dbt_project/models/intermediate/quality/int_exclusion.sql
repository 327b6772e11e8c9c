{{ config(materialized='ephemeral') }}
-- Counts of what was exported and is in no fact, or in none by date, step by step; a reason may have more than one row.
with staged as (
    select 'staging' as excluded_by, entity, source, account_id, outcome as reason, row_count
    from {{ ref('stg_row_outcomes') }}
    where outcome <> 'current'
),

crm as (
    select 'staging' as excluded_by, entity, source, '(crm)' as account_id, reason, count(*) as row_count
    from {{ ref('stg_crm_exclusions') }}
    group by entity, source, reason
),

rejected as (
    select
        -- A row that was loaded and that no model reads, because a check says that it cannot be true.
        case rejected.rejected_by when 'check' then 'check of the row' else 'extraction' end as excluded_by,
        batches.contract as entity,
        batches.source,
        batches.account_id,
        rejected.reason,
        count(distinct rejected.batch_id || ':' || rejected.source_row_number) as row_count
    from {{ ref('stg_rejected_rows') }} as rejected
    inner join {{ ref('stg_batches') }} as batches on rejected.batch_id = batches.batch_id
    group by all
),

dropped as (
    select
        'extraction' as excluded_by,
        contract as entity,
        source,
        account_id,
        'dropped_by_contract_rule' as reason,
        sum(rows_dropped) as row_count
    from {{ ref('stg_batches') }}
    where rows_dropped > 0
    group by contract, source, account_id
),

-- Open deals that nobody dated are in the pipeline and in fct_opportunity, but in no table that is by date.
undated as (
    select
        'marts by date' as excluded_by, 'crm_opportunities' as entity, source, '(crm)' as account_id,
        'no_creation_date' as reason, count(*) as row_count
    from {{ ref('int_opportunity') }}
    where created_on is null and closed_on is null
    group by source
),

orders as (
    select
        'sales' as excluded_by, 'orders' as entity, source, account_id, excluded_reason as reason,
        count(*) as row_count
    from {{ ref('int_order') }}
    where excluded_reason is not null
    group by source, account_id, excluded_reason
),

-- One sale in two systems counts once.
same_sales as (
    select
        'sales' as excluded_by,
        case counted when 'order' then 'crm_opportunities' else 'orders' end as entity,
        case counted when 'order' then deal_source else order_source end as source,
        case counted when 'order' then '(crm)' else '(shop)' end as account_id,
        case counted when 'order' then 'counted_as_order' else 'counted_as_deal' end as reason,
        count(*) as row_count
    from {{ ref('int_sale_overlap') }}
    where counted in ('order', 'deal')
    group by all
)

select * from undated
union all
select * from orders
union all
select * from same_sales
union all
select * from staged
union all
select * from crm
union all
select * from rejected
union all
select * from dropped
