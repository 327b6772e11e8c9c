-- Where the customers who leave come from and why they leave (R089): ill-fit leads, or nobody who helped them after the
-- sale. Each dimension is of all customers at the start of the month, one at a time.
{%- set dimensions = ['channel', 'campaign', 'segment', 'region', 'fit', 'fit_grade', 'contacts_90d', 'support_90d'] %}
with {{ customer_levels() }},

exposed as (
    select
        starts.basis,
        months.month_start,
        months.level_on,
        starts.customer_id,
        starts.mrr as mrr_start,
        ends.customer_id is null as is_lost
    from customer_levels as starts
    inner join level_months as months
        on
            starts.basis = months.basis
            and cast(starts.month_start + interval 1 month as date) = months.month_start
    left join customer_levels as ends
        on
            starts.basis = ends.basis
            and months.month_start = ends.month_start
            and starts.customer_id = ends.customer_id
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

started as (
    {{ customer_starts() }}
),

first_persons as (
    select customer_id, arg_min(person_id, (closed_on, opportunity_id)) as person_id
    from deals
    where is_purchase and person_id is not null
    group by customer_id
),

-- What sales thought of the lead that became the customer.
ratings as (
    select * from {{ ref('int_person_rating') }}
),

-- An activity is about a deal, a company or one of its people.
about as (
    select
        activities.activity_id,
        activities.activity_on,
        coalesce(deals.customer_id, companies.account_id, persons.account_id, persons.person_id) as customer_id
    from {{ ref('int_activity') }} as activities
    left join {{ ref('activity_types') }} as types on activities.activity_label = types.label
    left join deals on activities.what_id = deals.opportunity_id
    left join {{ ref('dim_account') }} as companies on activities.what_id = companies.account_id
    left join {{ ref('int_person_link') }} as links on activities.who_id = links.record_id
    left join {{ ref('dim_person') }} as persons on links.person_id = persons.person_id
    where
        not coalesce(types.is_automated, false)
        and coalesce(types.is_contact, activities.activity_kind = 'event' or activities.duration_seconds > 0)
),

contacts as (
    select started.customer_id, count(distinct about.activity_id) as contacts
    from started
    inner join about on started.customer_id = about.customer_id
    where about.activity_on > started.started_on and about.activity_on <= started.started_on + 90
    group by started.customer_id
),

-- Without any ticket of any export nobody knows who asked for help.
support as (
    select customer_id, count(*) filter (where is_first_90_days) as tickets
    from {{ ref('fct_support_ticket') }}
    where customer_id is not null
    group by customer_id
),

support_known as (
    select count(*) > 0 as is_known from {{ ref('fct_support_ticket') }}
    where kind = 'ticket'
),

profiles as (
    select
        started.customer_id,
        customers.channel,
        coalesce(campaigns.campaign_name, customers.origin_campaign_id) as campaign,
        coalesce(customers.segment, companies.segment) as segment,
        coalesce(customers.region, companies.region) as region,
        ratings.rating as fit,
        fits.grade as fit_grade,
        case
            when started.started_on + 90 > {{ data_as_of() }} then 'not over yet'
            when coalesce(contacts.contacts, 0) = 0 then '0'
            when contacts.contacts <= 2 then '1-2'
            else '3 or more'
        end as contacts_90d,
        case
            when not support_known.is_known then 'Unknown'
            when started.started_on + 90 > {{ data_as_of() }} then 'not over yet'
            when coalesce(support.tickets, 0) = 0 then '0'
            when support.tickets <= 2 then '1-2'
            else '3 or more'
        end as support_90d
    from started
    cross join support_known
    left join support on started.customer_id = support.customer_id
    left join {{ ref('mart_customer_value') }} as customers on started.customer_id = customers.customer_id
    left join {{ ref('dim_account') }} as companies on started.customer_id = companies.account_id
    left join {{ ref('dim_campaign') }} as campaigns on customers.origin_campaign_id = campaigns.campaign_id
    left join first_persons on started.customer_id = first_persons.customer_id
    left join ratings on first_persons.person_id = ratings.person_id
    left join {{ ref('int_lead_fit') }} as fits on first_persons.person_id = fits.person_id
    left join contacts on started.customer_id = contacts.customer_id
),

-- What the CRM says of the contract that ended last; without a contract the reason is unknown.
reasons as (
    select
        exposed.basis,
        exposed.month_start,
        exposed.customer_id,
        max_by(trim(contracts.churn_reason), (contracts.ended_on, contracts.subscription_id)) as reason
    from exposed
    inner join {{ ref('fct_subscription') }} as contracts on exposed.customer_id = contracts.customer_id
    where
        exposed.is_lost
        and exposed.basis = 'subscription'
        and contracts.valid_to <= exposed.level_on
        and nullif(trim(contracts.churn_reason), '') is not null
    group by exposed.basis, exposed.month_start, exposed.customer_id
),

described as (
    select
        exposed.*,
        profiles.* exclude (customer_id),
        coalesce(reasons.reason, 'Unspecified') as reason,
        coalesce(terms.meaning, case when reasons.reason is null then 'Unspecified' else 'other' end) as reason_group
    from exposed
    left join profiles on exposed.customer_id = profiles.customer_id
    left join reasons
        on
            exposed.basis = reasons.basis
            and exposed.month_start = reasons.month_start
            and exposed.customer_id = reasons.customer_id
    left join {{ ref('subscription_terms') }} as terms
        on terms.kind = 'churn_reason' and lower(reasons.reason) = terms.label
),

cut as (
    {% for dimension in dimensions %}
        select
            '{{ dimension }}' as dimension,
            coalesce({{ dimension }}, 'Unknown') as dimension_value,
            basis, month_start, level_on,
            count(*) as customers_start,
            count(*) filter (where is_lost) as customers_lost,
            sum(mrr_start) as mrr_start,
            sum(mrr_start) filter (where is_lost) as mrr_lost
        from described
        group by all
        union all
    {% endfor %}
    {% for dimension in ['reason', 'reason_group'] %}
        select
            '{{ dimension }}',
            {{ dimension }},
            basis, month_start, level_on,
            any_value(everybody.customers_start),
            count(*),
            any_value(everybody.mrr_start),
            sum(described.mrr_start)
        from described
        inner join (
            select basis, month_start, count(*) as customers_start, sum(mrr_start) as mrr_start
            from exposed
            group by basis, month_start
        ) as everybody using (basis, month_start)
        where is_lost
        group by {{ dimension }}, basis, month_start, level_on
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        basis,
        month_start,
        dimension,
        dimension_value,
        level_on,
        level_on = last_day(month_start) as is_complete,
        customers_start,
        customers_lost,
        {{ safe_divide('customers_lost', 'customers_start') }} as churn_rate,
        cast(mrr_start as decimal(18, 2)) as mrr_start,
        cast(case when basis = 'subscription' then coalesce(mrr_lost, 0) end as decimal(18, 2)) as mrr_lost,
        {{ safe_divide("case when basis = 'subscription' then coalesce(mrr_lost, 0) end", 'mrr_start') }}
            as revenue_churn_rate,
        customers_start < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from cut
)

select * from final
