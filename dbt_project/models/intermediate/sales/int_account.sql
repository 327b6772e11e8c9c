{{ config(materialized='ephemeral') }}
-- Companies of the CRM, and those only opportunities name.
with accounts as (
    select * from {{ ref('stg_crm_accounts') }}
),

named_only as (
    select
        account_key,
        min(opportunities.source) as source,
        min(opportunities.account_name) as account_name
    from {{ ref('int_opportunity') }} as opportunities
    left join accounts on opportunities.account_key = accounts.account_id
    where opportunities.account_key is not null and accounts.account_id is null
    group by account_key
)

select
    account_id,
    source,
    account_name,
    account_type,
    industry,
    segment,
    parent_account_id,
    employees,
    {{ 'shipping_country' if var('region_address') == 'shipping' else 'billing_country' }} as country,
    {{ business_day('created_at') }} as created_on,
    false as is_inferred
from accounts
union all
select account_key, source, account_name, null, null, null, null, null, null, null, true
from named_only
