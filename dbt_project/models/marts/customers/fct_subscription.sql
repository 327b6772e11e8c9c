-- What a subscription was worth a month, from which day to which (R086). A record says only what holds now; what it
-- had before is in its versions, so that a new price is an expansion or contraction from the export that had it
-- on, not a rewritten past. Days of start and end are those of the newest export.
with subscriptions as (
    select
        subscriptions.*,
        opportunities.account_id as deal_account_id,
        opportunities.customer_id as deal_customer_id
    from {{ ref('int_subscription') }} as subscriptions
    left join {{ ref('fct_opportunity') }} as opportunities
        on subscriptions.opportunity_id = opportunities.opportunity_id
),

terms as (
    select * from {{ ref('subscription_terms') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

-- The first export also holds for the time before it, even where the reporting date lies before it.
reported as (
    select *
    from {{ ref('fct_crm_record_version') }}
    where entity = 'crm_subscriptions'
    qualify
        reported_on <= {{ data_as_of() }}
        or row_number() over (partition by record_id order by reported_from, version_number) = 1
),

versions as (
    select
        versions.record_id as subscription_id,
        versions.amount_native,
        versions.currency,
        versions.record_type as billing_period,
        versions.status,
        coalesce(versions.is_trial, false) or coalesce(statuses.meaning = 'trial', false) as is_trial,
        coalesce(statuses.meaning, 'active') as standing,
        coalesce(periods.meaning = 'one_off', false) as is_one_off,
        periods.periods_per_year,
        versions.reported_on,
        row_number() over known = 1 as is_first,
        lead(versions.reported_on, 1, date '9999-12-31') over known as replaced_on
    from reported as versions
    left join terms as statuses
        on statuses.kind = 'status' and lower(trim(versions.status)) = statuses.label
    left join terms as periods
        on periods.kind = 'billing_period' and lower(trim(versions.record_type)) = periods.label
    window known as (partition by versions.record_id order by versions.reported_from, versions.version_number)
),

-- Past due, or cancelled without a day, counts from the export that said so first; before that the contract ran.
spans as (
    select
        * exclude (reported_on, is_first, replaced_on),
        case when is_first and standing not in ('past_due', 'ended') then date '0001-01-01' else reported_on end
            as holds_from,
        replaced_on as holds_to
    from versions
    union all
    select
        * exclude (reported_on, is_first, replaced_on) replace ('active' as standing),
        date '0001-01-01',
        reported_on
    from versions
    where is_first and standing in ('past_due', 'ended')
),

dated as (
    select
        subscriptions.subscription_id,
        subscriptions.source,
        coalesce(subscriptions.account_id, subscriptions.deal_account_id) as account_id,
        coalesce(subscriptions.account_id, subscriptions.deal_customer_id, subscriptions.subscription_id)
            as customer_id,
        subscriptions.opportunity_id,
        subscriptions.product_id,
        subscriptions.plan_name,
        subscriptions.quantity,
        subscriptions.churn_reason,
        subscriptions.starts_on,
        subscriptions.ended_on,
        spans.status,
        spans.is_trial,
        spans.standing,
        spans.is_one_off,
        spans.billing_period,
        spans.periods_per_year,
        spans.amount_native,
        spans.currency,
        greatest(subscriptions.starts_on, spans.holds_from) as valid_from,
        least(coalesce(subscriptions.ended_on + 1, date '9999-12-31'), spans.holds_to) as valid_to
    from subscriptions
    inner join spans on subscriptions.subscription_id = spans.subscription_id
    where
        subscriptions.starts_on is null
        or greatest(subscriptions.starts_on, spans.holds_from) <= {{ data_as_of() }}
        and greatest(subscriptions.starts_on, spans.holds_from)
        < least(coalesce(subscriptions.ended_on + 1, date '9999-12-31'), spans.holds_to)
    qualify subscriptions.starts_on is not null or row_number() over (
        partition by subscriptions.subscription_id order by spans.holds_from desc
    ) = 1
),

-- Twelfths are taken of whole minor units, so that halves round the same everywhere.
monthly as (
    select
        dated.*,
        coalesce(products.product_name, dated.plan_name) as product_name,
        cast(power(10, coalesce(currencies.exponent, 2)) as bigint) as minor_units,
        fx.rate as fx_rate
    from dated
    left join products on dated.product_id = products.product_id
    left join currencies on dated.currency = currencies.currency
    {{ fx_join('dated.currency', 'dated.starts_on') }}
),

judged as (
    select
        *,
        cast(
            round(cast(cast(amount_native as decimal(28, 4)) * periods_per_year * minor_units as double) / 12)
            / minor_units
            as decimal(18, 4)
        ) as monthly_native,
        case
            when starts_on is null then 'undated'
            when is_trial then 'trial'
            when standing in ('past_due', 'pending') or (standing = 'ended' and ended_on is null) then standing
            when is_one_off then 'one_off'
            when periods_per_year is null then 'no_period'
            when amount_native is null then 'no_amount'
            when fx_rate is null then 'no_rate'
        end as excluded_reason
    from monthly
),

final as (
    select
        subscription_id,
        case when starts_on is not null then valid_from end as valid_from,
        nullif(valid_to, date '9999-12-31') as valid_to,
        source,
        customer_id,
        account_id,
        opportunity_id,
        product_id,
        product_name,
        plan_name,
        status,
        billing_period,
        quantity,
        starts_on as started_on,
        ended_on,
        churn_reason,
        excluded_reason,
        amount_native,
        currency,
        periods_per_year,
        case when excluded_reason is null or excluded_reason = 'no_rate' then monthly_native end as mrr_native,
        -- Of the price itself: a month's rounded one is too coarse in a currency whose unit is worth much.
        case
            when excluded_reason is null
                then {{ twelfth(
                    'cast(cast(amount_native as decimal(28, 4)) * periods_per_year as decimal(22, 4)) * fx_rate'
                ) }}
        end as mrr_reporting,
        fx_rate,
        starts_on as fx_date,
        fx_rate is null as is_fx_missing,
        {{ data_as_of() }} as data_as_of
    from judged
)

select * from final
