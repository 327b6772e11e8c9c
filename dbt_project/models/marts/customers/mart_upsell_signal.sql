-- Which customers showed interest in more each week (R091), and whether sales took it up: a trial of another
-- subscription, an answer to a campaign. Pages of products that a customer looked at are in no export.
with deals as (
    select * from {{ ref('fct_opportunity') }}
),

customers as (
    {{ customer_starts() }}
),

signals as (
    select distinct
        customer_id,
        'trial' as signal,
        started_on as signal_on,
        subscription_id as signal_id
    from {{ ref('fct_subscription') }}
    where excluded_reason = 'trial'
    union all
    select
        coalesce(persons.account_id, persons.person_id),
        'campaign_response',
        {{ business_day('responses.responded_at') }},
        responses.campaign_member_id
    from {{ ref('int_campaign_response') }} as responses
    inner join {{ ref('dim_person') }} as persons on responses.person_id = persons.person_id
    where responses.responded_at is not null
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
