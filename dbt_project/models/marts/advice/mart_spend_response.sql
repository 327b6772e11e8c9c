-- How the revenue of a campaign answers to its spend (R109), from its own mature weeks: as all of them show it, and as
-- they showed it a quarter of a year before the last of them, to test what would have been advised then. Revenue is
-- fitted to ln(1 + spend / mean spend), by which more money brings less and less; where too few weeks vary too little
-- for that, the average return stands in, which promises too much of more money.
with rules as (
    select min_n, min_weeks, min_variation, confidence from {{ ref('advice_rules') }}
    where lever = 'budget'
),

weeks as (
    select * from {{ ref('mart_campaign_week') }}
    where is_mature
),

last_week as (
    select max(week_start) as week_start from weeks
),

known_weeks as (
    select 'now' as basis, last_week.week_start as known_until, weeks.*
    from weeks
    cross join last_week
    union all
    select 'backtest', last_week.week_start - {{ 7 * 13 }}, weeks.*
    from weeks
    cross join last_week
    where weeks.week_start <= last_week.week_start - {{ 7 * 13 }}
),

measured as (
    select
        basis,
        known_until,
        campaign_id,
        cast(spend_reporting as double) as spend,
        cast(revenue_reporting as double) as revenue,
        cast(sales as double) as sales,
        avg(cast(spend_reporting as double)) over (partition by basis, campaign_id) as mean_spend
    from known_weeks
),

-- Least squares of revenue on x; sums of squares as regr_ functions of SQL define them.
sums as (
    select
        basis,
        known_until,
        campaign_id,
        count(*) as weeks,
        count(*) filter (where spend > 0) as weeks_with_spend,
        any_value(mean_spend) as mean_spend,
        stddev_samp(spend) as spend_deviation,
        sum(sales) as sales,
        sum(spend) as spend,
        sum(revenue) as revenue,
        sum(pow(revenue, 2)) as revenue_squares,
        sum(revenue * spend) as products,
        sum(pow(spend, 2)) as spend_squares,
        regr_sxx(revenue, ln(1 + spend / nullif(mean_spend, 0))) as x_squares,
        regr_syy(revenue, ln(1 + spend / nullif(mean_spend, 0))) as y_squares,
        regr_sxy(revenue, ln(1 + spend / nullif(mean_spend, 0))) as xy_products
    from measured
    group by basis, known_until, campaign_id
),

-- The slope by hand: regr_slope is not a number on DuckDB where every week spent the same.
estimated as (
    select
        *,
        xy_products / nullif(x_squares, 0) as slope,
        nullif(greatest(weeks - 2, 0), 0) as freedom,
        {{ safe_divide('spend_deviation', 'mean_spend') }} as spend_variation,
        {{ safe_divide('cast(revenue as decimal(18, 2))', 'cast(spend as decimal(18, 2))') }} as return_rate,
        sqrt(greatest(y_squares - slope * xy_products, 0) / freedom / nullif(x_squares, 0)) as slope_error
    from sums
),

-- Quantile of Student's t from that of the normal distribution (Cornish-Fisher, two terms).
bounded as (
    select
        estimated.*,
        rules.min_n,
        rules.min_weeks,
        rules.min_variation,
        sqrt(
            greatest(revenue_squares - 2 * return_rate * products + pow(return_rate, 2) * spend_squares, 0)
            * weeks / nullif(weeks - 1, 0)
        ) / nullif(spend, 0) as return_error,
        {{ normal_quantile('((1 - rules.confidence) / 2)') }} as z,
        z + (pow(z, 3) + z) / 4 / freedom + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(freedom, 2) as t_value
    from estimated
    cross join rules
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

final as (
    select
        basis,
        bounded.campaign_id,
        campaigns.campaign_name,
        known_until,
        weeks,
        weeks_with_spend,
        cast(sales as decimal(18, 9)) as sales,
        cast(spend as decimal(18, 2)) as spend_reporting,
        cast(revenue as decimal(18, 2)) as revenue_reporting,
        round(mean_spend, 6) as mean_weekly_spend,
        round(spend_variation, 6) as spend_variation,
        case
            when spend <= 0 then 'no_spend'
            when sales < min_n then 'few_sales'
            when t_value is null then 'few_weeks'
            when
                weeks_with_spend >= min_weeks and spend_variation >= min_variation
                and slope - t_value * slope_error > 0 then 'curve'
            else 'average'
        end as response_kind,
        round(slope, 6) as slope,
        round(slope_error, 6) as slope_error,
        return_rate,
        round(return_error, 6) as return_error,
        round(t_value, 4) as t_value,
        {{ data_as_of() }} as data_as_of
    from bounded
    left join campaigns on bounded.campaign_id = campaigns.campaign_id
)

select * from final
