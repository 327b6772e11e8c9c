{{ config(tags=['dated']) }}
-- Leads that signed up for a service (R028), trial and paid apart, and whether a customer by subscription stayed: each
-- unbroken run of paid subscriptions, where a gap of up to churn_grace_days does not end it (R088).
with subscriptions as (
    select *
    from {{ ref('stg_crm_subscriptions') }}
    where started_on <= {{ data_as_of() }}
),

origins as (
    select person_id, account_id, lead_created_on from {{ ref('int_person_origin') }}
),

-- A subscription is that of the people of its deal; without a deal, of all leads of its company.
linked as (
    select subscriptions.*, links.person_id
    from subscriptions
    inner join {{ ref('int_opportunity_person') }} as links on subscriptions.opportunity_id = links.opportunity_id
    union all
    select subscriptions.*, origins.person_id
    from subscriptions
    inner join origins on subscriptions.account_id = origins.account_id
    where subscriptions.opportunity_id is null
),

own as (
    select linked.*
    from linked
    inner join origins on linked.person_id = origins.person_id and linked.started_on >= origins.lead_created_on
),

paid as (
    select
        person_id,
        subscription_id,
        started_on,
        coalesce(ended_on, date '9999-12-31') as ends_on,
        max(coalesce(ended_on, date '9999-12-31')) over (
            partition by person_id order by started_on, subscription_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from own
    where not is_trial
),

runs as (
    select
        *,
        count(*) filter (
            where covered_until is not null and started_on > covered_until + {{ var('churn_grace_days') }}
        ) over (partition by person_id order by started_on, subscription_id) as run_number
    from paid
),

unbroken as (
    select
        person_id,
        run_number + 1 as run_number,
        min(started_on) as subscribed_on,
        max(ends_on) as ended_on
    from runs
    group by person_id, run_number
),

trials as (
    select person_id, min(started_on) as trial_on
    from own
    where is_trial
    group by person_id
),

final as (
    select
        coalesce(unbroken.person_id, trials.person_id) as person_id,
        cast(coalesce(unbroken.run_number, 1) as bigint) as run_number,
        trials.trial_on,
        unbroken.subscribed_on,
        case
            when
                unbroken.subscribed_on + {{ var('retained_after_days') }}
                <= least(unbroken.ended_on, {{ data_as_of() }})
                then unbroken.subscribed_on + {{ var('retained_after_days') }}
        end as retained_on,
        case
            when unbroken.ended_on < {{ data_as_of() }} - {{ var('churn_grace_days') }} then unbroken.ended_on
        end as churned_on
    from unbroken
    full outer join trials on case when unbroken.run_number = 1 then unbroken.person_id end = trials.person_id
)

select * from final
