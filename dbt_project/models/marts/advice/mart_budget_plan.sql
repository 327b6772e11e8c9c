-- The same money, better spread (R109): what each running campaign spends a week, what it had better spend, and what
-- that would bring. No budget moves by more than the rule allows, the total stays. Each budget is cut into slices of
-- money, and the slices that bring most are filled until the money is spent: the best plan where more brings less and
-- less. Basis backtest asks the same of what was known a quarter of a year earlier, beside what the quarter brought.
{%- set slices = 40 %}
with rules as (
    select max_move from {{ ref('advice_rules') }}
    where lever = 'budget'
),

responses as (
    select * from {{ ref('mart_spend_response') }}
),

weeks as (
    select * from {{ ref('mart_campaign_week') }}
),

-- Now: the newest weeks, though their sales are still to come.
last_weeks as (
    select
        basis,
        case basis when 'now' then (select max(week_start) from weeks) else known_until end as week_start
    from responses
    group by all
),

running as (
    select
        last_weeks.basis,
        weeks.campaign_id,
        any_value(weeks.campaign_name) as campaign_name,
        cast(round(sum(weeks.spend_reporting) / 4, 2) as decimal(18, 2)) as spend
    from weeks
    inner join last_weeks on weeks.week_start between last_weeks.week_start - 21 and last_weeks.week_start
    group by last_weeks.basis, weeks.campaign_id
    having sum(weeks.spend_reporting) > 0
),

known as (
    select
        running.*,
        responses.* exclude (basis, campaign_id, campaign_name, spend_reporting, data_as_of),
        coalesce(responses.response_kind in ('curve', 'average'), false) as has_response,
        rules.max_move
    from running
    cross join rules
    left join responses on running.basis = responses.basis and running.campaign_id = responses.campaign_id
),

slices as (
    select
        basis,
        campaign_id,
        number,
        spend * 2 * max_move / {{ slices }} as money,
        spend * (1 - max_move + number * 2 * max_move / {{ slices }}) as slice_from,
        case response_kind
            when 'curve'
                then
                    slope * (
                        ln(1 + (slice_from + money) / mean_weekly_spend) - ln(1 + slice_from / mean_weekly_spend)
                    )
            else return_rate * money
        end as gain
    from known
    cross join unnest(range({{ slices }})) as numbers (number)
    where has_response
),

-- What is spent today comes first where two slices bring the same.
filled as (
    select
        basis,
        campaign_id,
        money,
        sum(money) over (partition by basis) / 2 as all_money,
        sum(money) over (
            partition by basis order by gain / money desc, number >= {{ slices // 2 }}, campaign_id, number asc
            rows between unbounded preceding and current row
        ) - money as money_before
    from slices
),

advised as (
    select
        known.*,
        coalesce(
            cast(known.spend as double) * (1 - known.max_move) + poured.money, cast(known.spend as double)
        ) as spend_exact
    from known
    left join (
        select basis, campaign_id, sum(greatest(0, least(money, all_money - money_before))) as money
        from filled
        group by basis, campaign_id
    ) as poured on known.basis = poured.basis and known.campaign_id = poured.campaign_id
),

-- Whole cents that add up to the same total.
rounded as (
    select
        *,
        cast(
            round(sum(spend_exact) over (partition by basis, has_response order by campaign_id), 2)
            - round(sum(spend_exact) over (partition by basis, has_response order by campaign_id) - spend_exact, 2)
            as decimal(18, 2)
        ) as spend_advised
    from advised
),

quarters as (
    select responses.campaign_id, sum(weeks.spend_reporting) as spend, sum(weeks.revenue_reporting) as revenue
    from responses
    inner join weeks
        on
            responses.campaign_id = weeks.campaign_id
            and weeks.is_mature
            and responses.known_until < weeks.week_start
    where responses.basis = 'backtest'
    group by responses.campaign_id
),

gains as (
    select
        rounded.*,
        rounded.spend_advised - rounded.spend as change,
        case
            when rounded.response_kind = 'curve'
                then
                    ln(1 + rounded.spend_advised / rounded.mean_weekly_spend)
                    - ln(1 + rounded.spend / rounded.mean_weekly_spend)
            when rounded.response_kind = 'average' then cast(rounded.spend_advised - rounded.spend as double)
        end as step,
        step * case rounded.response_kind when 'curve' then rounded.slope else rounded.return_rate end as gain,
        abs(step) * case rounded.response_kind when 'curve' then rounded.slope_error else rounded.return_error end
            as gain_error,
        case when rounded.basis = 'backtest' then {{ safe_divide('quarters.revenue', 'quarters.spend') }} end
            as realised_return
    from rounded
    left join quarters on rounded.campaign_id = quarters.campaign_id
),

planned as (
    select
        *,
        sum(gain) over (partition by basis) as plan_gain,
        max(t_value) over (partition by basis) * sqrt(sum(pow(gain_error, 2)) over (partition by basis)) as plan_width,
        sum(realised_return * change) over (partition by basis) as plan_realised
    from gains
),

final as (
    select
        basis,
        campaign_id,
        campaign_name,
        known_until,
        coalesce(response_kind, 'few_weeks') as response_kind,
        spend as spend_reporting,
        spend_advised as spend_advised_reporting,
        cast(change as decimal(18, 2)) as spend_change_reporting,
        {{ safe_divide('change', 'spend') }} as spend_change_rate,
        cast(round(gain, 2) as decimal(18, 2)) as gain_reporting,
        cast(round(gain - t_value * gain_error, 2) as decimal(18, 2)) as gain_low_reporting,
        cast(round(gain + t_value * gain_error, 2) as decimal(18, 2)) as gain_high_reporting,
        realised_return,
        cast(round(realised_return * change, 2) as decimal(18, 2)) as realised_gain_reporting,
        cast(round(plan_gain, 2) as decimal(18, 2)) as plan_gain_reporting,
        cast(round(plan_gain - plan_width, 2) as decimal(18, 2)) as plan_gain_low_reporting,
        cast(round(plan_gain + plan_width, 2) as decimal(18, 2)) as plan_gain_high_reporting,
        cast(round(plan_realised, 2) as decimal(18, 2)) as plan_realised_gain_reporting,
        coalesce(plan_gain - plan_width > 0, false) as is_worth_it,
        {{ data_as_of() }} as data_as_of
    from planned
)

select * from final
