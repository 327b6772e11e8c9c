{{ config(tags=['dated']) }}
-- Each support case with the customer it is of and what it cost (R084, R089). Whose it is: the company or contact it
-- names, else who has its address, else the company of its name, if only one is called so. Cost: the one it names, else
-- working time x variable support_hourly_rate; a month for which the customer has cost lines is costed by them alone.
{%- set rate = 'null' if var('support_hourly_rate') is none else var('support_hourly_rate') %}
{%- set minutes = 'null' if var('support_minutes_per_ticket') is none else var('support_minutes_per_ticket') %}
with tickets as (
    select *, {{ business_day('created_at') }} as created_on
    from {{ ref('stg_support_tickets') }}
    where {{ business_day('created_at') }} <= {{ data_as_of() }}
),

links as (
    select * from {{ ref('int_person_link') }}
),

people as (
    select person_id, account_id from {{ ref('int_person') }}
),

accounts as (
    select
        account_id,
        substr(account_id, strpos(account_id, ':') + 1) as account_number,
        {{ spelling_key('account_name') }} as name_key
    from {{ ref('int_account') }}
),

-- A list of one's own names a record or a name without saying of which CRM it is.
account_numbers as (
    select account_number, min(account_id) as account_id
    from accounts
    group by account_number
    having count(*) = 1
),

account_names as (
    select name_key, min(account_id) as account_id
    from accounts
    where name_key <> ''
    group by name_key
    having count(*) = 1
),

addresses as (
    select records.email_hash, min(links.person_id) as person_id
    from (
        select 'lead' as record_kind, lead_id as record_id, email_hash from {{ ref('stg_crm_leads') }}
        union all
        select 'contact', contact_id, email_hash from {{ ref('stg_crm_contacts') }}
    ) as records
    inner join links on records.record_kind = links.record_kind and records.record_id = links.record_id
    where records.email_hash is not null
    group by records.email_hash
),

persons_of_tickets as (
    select tickets.ticket_id, coalesce(links.person_id, addresses.person_id) as person_id
    from tickets
    left join links on links.record_kind = 'contact' and tickets.contact_id = links.record_id
    left join addresses on tickets.email_hash = addresses.email_hash
),

customers as (
    select distinct coalesce(account_key, person_id, customer_key, opportunity_id) as customer_id
    from {{ ref('int_opportunity') }}
    union
    select account_id from {{ ref('int_subscription') }}
    where account_id is not null
),

candidates as (
    select tickets.ticket_id, 1 as place, accounts.account_id as customer_id
    from tickets
    inner join accounts on tickets.account_id = accounts.account_id
    union all
    select tickets.ticket_id, 2, account_numbers.account_id
    from tickets
    inner join account_numbers
        on substr(tickets.account_id, strpos(tickets.account_id, ':') + 1) = account_numbers.account_number
    union all
    select persons.ticket_id, 3, people.account_id
    from persons_of_tickets as persons
    inner join people on persons.person_id = people.person_id
    union all
    select ticket_id, 4, person_id from persons_of_tickets
    union all
    select ticket_id, 5, 'customer:' || left(email_hash, 20) from tickets
    union all
    select tickets.ticket_id, 6, account_names.account_id
    from tickets
    inner join account_names on {{ spelling_key('tickets.account_name') }} = account_names.name_key
),

-- Who bought something comes before somebody who is only known.
owners as (
    select candidates.ticket_id, candidates.customer_id
    from candidates
    left join customers on candidates.customer_id = customers.customer_id
    where candidates.customer_id is not null and (candidates.place <> 5 or customers.customer_id is not null)
    qualify row_number() over (
        partition by candidates.ticket_id order by customers.customer_id is null, candidates.place
    ) = 1
),

owned as (
    select
        tickets.*,
        owners.customer_id,
        persons.person_id,
        date_trunc('month', tickets.created_on) as cost_month,
        {{ to_reporting('tickets.cost', 'fx.rate') }} as named_cost
    from tickets
    left join owners on tickets.ticket_id = owners.ticket_id
    left join persons_of_tickets as persons on tickets.ticket_id = persons.ticket_id
    {{ fx_join('tickets.currency', 'tickets.created_on') }}
),

months_with_costs as (
    select distinct customer_id, cost_month
    from owned
    where kind = 'cost' and customer_id is not null
),

based as (
    select
        owned.*,
        case
            when owned.cost is not null then 'named'
            when owned.kind = 'cost' then 'none'
            when months_with_costs.customer_id is not null then 'month'
            when {{ rate }} is null then 'none'
            when owned.minutes is not null then 'minutes'
            when {{ minutes }} is not null then 'standard'
            else 'unknown'
        end as cost_basis
    from owned
    left join months_with_costs
        on owned.customer_id = months_with_costs.customer_id and owned.cost_month = months_with_costs.cost_month
),

final as (
    select
        ticket_id,
        source,
        kind,
        customer_id,
        person_id,
        created_at,
        created_on,
        first_reply_at,
        closed_at,
        status,
        priority,
        category,
        agent_name,
        team,
        minutes,
        cost_basis,
        cast(
            case cost_basis
                when 'named' then named_cost
                when 'month' then 0
                when 'minutes' then round(minutes * {{ rate }} / 60, 6)
                when 'standard' then round({{ minutes }} * {{ rate }} / 60, 6)
            end as decimal(18, 6)
        ) as cost_reporting
    from based
)

select * from final
