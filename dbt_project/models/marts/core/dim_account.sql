-- Companies of the CRM, and those only opportunities name.
with accounts as (
    select * from {{ ref('stg_crm_accounts') }}
),

opportunities as (
    select * from {{ ref('int_opportunity') }}
),

countries as (
    select * from {{ ref('countries') }}
),

wins as (
    select
        account_key,
        min(closed_on) as first_won_on,
        count(*) as won_deals
    from opportunities
    where status = 'won' and not is_refund
    group by account_key
),

named_only as (
    select
        account_key,
        min(opportunities.source) as source,
        min(opportunities.account_name) as account_name
    from opportunities
    left join accounts on opportunities.account_key = accounts.account_id
    where opportunities.account_key is not null and accounts.account_id is null
    group by account_key
),

companies as (
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
),

final as (
    select
        companies.account_id,
        companies.source,
        coalesce(nullif(trim(companies.account_name), ''), companies.account_id) as account_name,
        companies.account_type,
        coalesce(nullif(trim(companies.industry), ''), 'Unknown') as industry,
        coalesce(nullif(trim(companies.segment), ''), 'Unknown') as segment,
        companies.parent_account_id,
        companies.employees,
        coalesce(countries.country_code, 'Unknown') as country_code,
        coalesce(countries.region, 'Unknown') as region,
        companies.created_on,
        wins.first_won_on is not null as is_customer,
        wins.first_won_on,
        coalesce(wins.won_deals, 0) as won_deals,
        companies.is_inferred,
        {{ data_as_of() }} as data_as_of
    from companies
    left join countries on {{ country_key('companies.country') }} = countries.country_label
    left join wins on companies.account_id = wins.account_key
)

select * from final
