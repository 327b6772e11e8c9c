-- Which customers showed interest in more each week (R091), with the evidence, and whether sales took it up: a trial of
-- another subscription, an answer to a campaign, a click in a mail, a contract that ends soon, seats that are nearly
-- all in use. Pages of products that a customer looked at are in no export.
with deals as (
    select * from {{ ref('fct_opportunity') }}
),

customers as (
    {{ customer_starts() }}
),

persons as (
    select person_id, coalesce(account_id, person_id) as customer_id
    from {{ ref('dim_person') }}
),

contracts as (
    select
        records.subscription_id,
        customers_of_contracts.customer_id,
        coalesce(nullif(trim(records.plan_name), ''), records.subscription_id) as plan_name,
        records.starts_on,
        records.ended_on,
        records.quantity,
        records.seats_used,
        records.exported_on
    from {{ ref('int_subscription') }} as records
    inner join (
        select subscription_id, min(customer_id) as customer_id
        from {{ ref('fct_subscription') }}
        where excluded_reason is null
        group by subscription_id
    ) as customers_of_contracts on records.subscription_id = customers_of_contracts.subscription_id
    where coalesce(records.ended_on, date '9999-12-31') >= {{ data_as_of() }}
),

signals as (
    select distinct
        customer_id,
        'trial' as signal,
        started_on as signal_on,
        subscription_id as signal_id,
        coalesce(nullif(trim(plan_name), ''), subscription_id) as evidence
    from {{ ref('fct_subscription') }}
    where excluded_reason = 'trial'
    union all
    select
        persons.customer_id, 'campaign_response', {{ business_day('responses.responded_at') }},
        responses.campaign_member_id, coalesce(responses.campaign_name, responses.campaign_id)
    from {{ ref('int_campaign_response') }} as responses
    inner join persons on responses.person_id = persons.person_id
    where responses.responded_at is not null
    union all
    select
        persons.customer_id, 'email_click', {{ business_day('clicks.clicked_at') }}, clicks.event_id,
        coalesce(clicks.campaign_name, clicks.send_id)
    from {{ ref('int_email_click') }} as clicks
    inner join persons on clicks.person_id = persons.person_id
    where clicks.is_human and clicks.clicked_at is not null
    union all
    -- Of a contract that has ended nobody knows whether its end was known before.
    select
        customer_id, 'renewal_due',
        greatest(ended_on - {{ var('renewal_notice_days') }}, starts_on + 1), subscription_id,
        concat(plan_name, ' ends on ', strftime(ended_on, '%Y-%m-%d'))
    from contracts
    where ended_on is not null
    union all
    select
        customer_id, 'seats_near_limit', exported_on, subscription_id,
        concat(plan_name, ': ', cast(round(seats_used) as bigint), ' of ', cast(round(quantity) as bigint), ' in use')
    from contracts
    where quantity > 0 and seats_used >= {{ var('seats_near_limit') }} * quantity
),

of_customers as (
    select
        signals.*,
        cast(date_trunc('week', signals.signal_on) as date) as week_start
    from signals
    inner join customers on signals.customer_id = customers.customer_id and signals.signal_on > customers.started_on
    where signals.signal_on <= {{ data_as_of() }}
),

weekly as (
    select
        week_start,
        customer_id,
        signal,
        count(distinct signal_id) as signals,
        string_agg(distinct evidence, '; ' order by evidence) as evidence,
        min(signal_on) as first_signal_on,
        max(signal_on) as last_signal_on
    from of_customers
    group by week_start, customer_id, signal
),

follow_ups as (
    select
        weekly.week_start,
        weekly.customer_id,
        weekly.signal,
        count(*) filter (
            where deals.created_on <= weekly.last_signal_on
            and coalesce(deals.closed_on, date '9999-12-31') > weekly.last_signal_on
        ) as open_deals,
        min(deals.created_on) filter (
            where deals.created_on >= weekly.first_signal_on and deals.created_on <= weekly.first_signal_on + 30
        ) as followed_up_on,
        arg_max(deals.rep_id, (deals.created_on, deals.opportunity_id)) as rep_id,
        arg_max(deals.rep_name, (deals.created_on, deals.opportunity_id)) as rep_name
    from weekly
    inner join deals on weekly.customer_id = deals.customer_id
    group by weekly.week_start, weekly.customer_id, weekly.signal
),

final as (
    select
        weekly.week_start,
        weekly.customer_id,
        weekly.signal,
        weekly.signals,
        weekly.evidence,
        weekly.first_signal_on,
        weekly.last_signal_on,
        coalesce(follow_ups.open_deals, 0) as open_deals,
        follow_ups.followed_up_on,
        follow_ups.followed_up_on is not null as is_followed_up,
        weekly.first_signal_on + 30 > {{ data_as_of() }} as is_follow_up_open,
        coalesce(follow_ups.rep_id, 'Unknown') as rep_id,
        coalesce(follow_ups.rep_name, 'Unknown') as rep_name,
        {{ data_as_of() }} as data_as_of
    from weekly
    left join follow_ups
        on
            weekly.week_start = follow_ups.week_start
            and weekly.customer_id = follow_ups.customer_id
            and weekly.signal = follow_ups.signal
)

select * from final
