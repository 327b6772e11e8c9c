-- Companies of the CRM, and those only opportunities name.
with companies as (
    select * from {{ ref('int_account') }}
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
