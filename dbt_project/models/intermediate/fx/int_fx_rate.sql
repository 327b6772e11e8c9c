-- How an amount of any currency becomes the reporting currency, for every day from the first rate on (G9).
with rates as (
    select * from {{ ref('stg_fx_rates') }}
),

both_ways as (
    select from_currency, to_currency, rate_date, cast(rate as double) as rate, 'direct' as derivation
    from rates
    where from_currency <> to_currency
    union all
    select to_currency, from_currency, rate_date, 1 / cast(rate as double), 'inverse'
    from rates
    where from_currency <> to_currency
),

-- A rate as quoted wins over the inverse of its opposite from its first day on.
quoted as (
    select
        *,
        min(rate_date) filter (where derivation = 'direct') over (
            partition by from_currency, to_currency
        ) as first_direct
    from both_ways
),

pair_intervals as (
    select
        from_currency,
        to_currency,
        rate,
        derivation,
        rate_date as valid_from,
        lead(rate_date, 1, date '9999-12-31') over (
            partition by from_currency, to_currency order by rate_date
        ) as valid_to
    from quoted
    where derivation = 'direct' or first_direct is null or rate_date < first_direct
),

one_step as (
    select from_currency, valid_from, valid_to, rate, derivation
    from pair_intervals
    where to_currency = '{{ var("reporting_currency") }}'
),

first_one_step as (
    select from_currency, min(valid_from) as first_day
    from one_step
    group by from_currency
),

two_steps as (
    select
        near.from_currency,
        near.to_currency as via_currency,
        greatest(near.valid_from, far.valid_from) as valid_from,
        least(near.valid_to, far.valid_to) as valid_to,
        least(near.valid_from, far.valid_from) as older_leg,
        near.rate * far.rate as rate
    from pair_intervals as near
    inner join one_step as far
        on
            near.to_currency = far.from_currency
            and near.valid_from < far.valid_to
            and near.valid_to > far.valid_from
    where near.from_currency <> '{{ var("reporting_currency") }}'
),

-- Only for the days before the currency has a rate of its own.
needed_steps as (
    select two_steps.* replace (least(two_steps.valid_to, coalesce(own.first_day, two_steps.valid_to)) as valid_to)
    from two_steps
    left join first_one_step as own on two_steps.from_currency = own.from_currency
    where own.first_day is null or two_steps.valid_from < own.first_day
),

change_days as (
    select
        from_currency,
        valid_from,
        lead(valid_from, 1, date '9999-12-31') over (partition by from_currency order by valid_from) as next_change
    from (select distinct from_currency, valid_from from needed_steps) as starts
),

-- Of several third currencies the one with the freshest older leg; its code decides a tie.
crosses as (
    select
        days.from_currency,
        days.valid_from,
        least(days.next_change, coalesce(own.first_day, days.next_change)) as valid_to,
        steps.rate,
        'cross' as derivation
    from change_days as days
    inner join needed_steps as steps
        on
            days.from_currency = steps.from_currency
            and days.valid_from >= steps.valid_from
            and days.valid_from < steps.valid_to
    left join first_one_step as own on days.from_currency = own.from_currency
    qualify row_number() over (
        partition by days.from_currency, days.valid_from order by steps.older_leg desc, steps.via_currency asc
    ) = 1
),

final as (
    select
        '{{ var("reporting_currency") }}' as from_currency,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to,
        cast(1 as decimal(28, 16)) as rate,
        'same' as derivation
    union all
    -- A rate as quoted has twelve decimals; sixteen would show what a binary fraction makes of it.
    select
        from_currency,
        valid_from,
        valid_to,
        case
            when derivation = 'direct' then cast(cast(rate as decimal(28, 12)) as decimal(28, 16))
            else cast(rate as decimal(28, 16))
        end,
        derivation
    from one_step
    union all
    select from_currency, valid_from, valid_to, cast(rate as decimal(28, 16)), derivation
    from crosses
)

select * from final
