-- What to do with each campaign (R109): raise or lower its budget, change its message, its audience, its distribution
-- channel. Advice needs enough cases and a difference whose interval does not reach 0; the interval is widened for the
-- number of variants that were compared (Bonferroni). Otherwise the row says what is missing.
with rules as (
    select lever, question, min_n, confidence from {{ ref('advice_rules') }}
),

judged_campaigns as (
    select campaign_id, campaign_name, verdict, decided_influenced from {{ ref('mart_campaign_scorecard') }}
    where model = '{{ var("advice_model") }}'
),

plan as (
    select * from {{ ref('mart_budget_plan') }}
    where basis = 'now'
),

variants as (
    select * from {{ ref('mart_campaign_variant') }}
),

budgets as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        'budget' as lever,
        'spend a week' as variant_kind,
        campaigns.verdict,
        campaigns.decided_influenced as cases,
        plan.spend_advised_reporting - plan.spend_reporting as change,
        plan.gain_reporting as effect,
        plan.gain_low_reporting as effect_low,
        plan.gain_high_reporting as effect_high,
        case
            when plan.campaign_id is null then 'not_running'
            when plan.response_kind not in ('curve', 'average') then plan.response_kind
            when not plan.is_worth_it then 'no_better_plan'
            when plan.spend_change_reporting > 0 and campaigns.verdict = 'fail' then 'does_not_pay'
            when plan.spend_change_reporting > 0 then 'raise'
            when plan.spend_change_reporting < 0 then 'lower'
            else 'as_it_is'
        end as reason,
        case plan.response_kind
            when 'curve' then 'Each further unit of money brings less than the one before.'
            when 'average' then
                'Its weeks vary too little to see how much less more money brings: expect less than this.'
        end as caution
    from judged_campaigns as campaigns
    left join plan on campaigns.campaign_id = plan.campaign_id
),

enough as (
    select
        *,
        count(*) over (partition by campaign_id, lever, variant_kind) as compared,
        row_number() over (
            partition by campaign_id, lever, variant_kind order by success_rate desc, cases desc, variant asc
        ) as place,
        row_number() over (
            partition by campaign_id, lever, variant_kind order by success_rate asc, cases desc, variant desc
        ) as place_from_below
    from variants
    where not is_low_n
),

ends as (
    select
        campaign_id,
        lever,
        variant_kind,
        any_value(compared) as compared,
        max(variant) filter (where place = 1) as best,
        max(cases) filter (where place = 1) as best_cases,
        max(successes) filter (where place = 1) as best_successes,
        max(variant) filter (where place_from_below = 1) as worst,
        max(cases) filter (where place_from_below = 1) as worst_cases,
        max(successes) filter (where place_from_below = 1) as worst_successes
    from enough
    where compared > 1
    group by campaign_id, lever, variant_kind
),

all_cases as (
    select campaign_id, lever, variant_kind, count(*) as variants, sum(cases) as cases
    from variants
    group by campaign_id, lever, variant_kind
),

bounded as (
    select
        ends.*,
        greatest(ends.compared * (ends.compared - 1) / 2, 1) as pairs,
        {{ normal_quantile('((1 - rules.confidence) / 2 / pairs)') }} as z,
        {{ difference_bound('best_successes', 'best_cases', 'worst_successes', 'worst_cases', '-', 'z') }}
            as difference_low,
        {{ difference_bound('best_successes', 'best_cases', 'worst_successes', 'worst_cases', '+', 'z') }}
            as difference_high
    from ends
    inner join rules on ends.lever = rules.lever
),

-- A lever that a campaign has no variants of has a row, too.
asked as (
    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.verdict,
        rules.lever,
        all_cases.variant_kind,
        all_cases.variants,
        all_cases.cases
    from judged_campaigns as campaigns
    cross join rules
    left join all_cases on campaigns.campaign_id = all_cases.campaign_id and rules.lever = all_cases.lever
    where rules.lever <> 'budget'
),

changes as (
    select
        asked.campaign_id,
        asked.campaign_name,
        asked.lever,
        coalesce(asked.variant_kind, '(none)') as variant_kind,
        asked.verdict,
        asked.cases,
        bounded.best,
        bounded.best_cases,
        bounded.best_successes,
        bounded.worst,
        bounded.worst_cases,
        bounded.worst_successes,
        {{ safe_divide('bounded.best_successes', 'bounded.best_cases') }} as best_rate,
        {{ safe_divide('bounded.worst_successes', 'bounded.worst_cases') }} as worst_rate,
        bounded.difference_low,
        bounded.difference_high,
        bounded.worst_cases * (best_rate - worst_rate) as effect,
        bounded.worst_cases * bounded.difference_low as effect_low,
        bounded.worst_cases * bounded.difference_high as effect_high,
        case
            when asked.variants is null then 'no_variants'
            when asked.variants < 2 then 'one_variant'
            when bounded.compared is null then 'few_cases'
            when bounded.difference_low > 0 then 'change'
            else 'no_difference'
        end as reason,
        case
            when bounded.compared > 2 then
                format('{} variants were compared; the interval allows for it.', bounded.compared)
        end as caution
    from asked
    left join bounded
        on
            asked.campaign_id = bounded.campaign_id and asked.lever = bounded.lever
            and asked.variant_kind = bounded.variant_kind
),

together as (
    select * from budgets
    union all by name
    select * from changes
),

final as (
    select
        together.campaign_id,
        together.campaign_name,
        together.lever,
        together.variant_kind,
        rules.question,
        together.verdict,
        case
            when together.reason in ('raise', 'lower', 'change') then together.reason
            when together.reason in ('as_it_is', 'no_better_plan', 'no_difference', 'does_not_pay') then 'keep'
            else 'not enough evidence'
        end as advice,
        together.reason,
        cast(together.cases as bigint) as cases,
        together.best as best_variant,
        cast(together.best_cases as bigint) as best_cases,
        cast(together.best_successes as bigint) as best_successes,
        together.best_rate,
        together.worst as worst_variant,
        cast(together.worst_cases as bigint) as worst_cases,
        cast(together.worst_successes as bigint) as worst_successes,
        together.worst_rate,
        round(together.difference_low, 6) as difference_low,
        round(together.difference_high, 6) as difference_high,
        cast(together.change as decimal(18, 2)) as spend_change_reporting,
        case together.lever
            when 'budget' then 'revenue a week'
            when 'distribution_channel' then 'won deals'
            else case together.variant_kind
                when 'mail subject' then 'clicks' when 'ad' then 'clicks' when 'mail list' then 'clicks'
                when 'ad set' then 'conversions' when 'segment' then 'customers'
            end
        end as effect_unit,
        round(cast(together.effect as double), 2) as effect,
        round(cast(together.effect_low as double), 2) as effect_low,
        round(cast(together.effect_high as double), 2) as effect_high,
        case together.reason
            when 'not_running' then 'Nothing was spent on it in the last four weeks.'
            when 'few_sales' then format('Its weeks brought fewer than {} sales: wait for more.', rules.min_n)
            when 'few_weeks' then 'Too few weeks with data: wait for more.'
            when 'no_spend' then 'No spend in the weeks whose sales have come.'
            when 'no_variants' then 'Nothing told apart: export it with this breakdown.'
            when 'one_variant' then 'Only one variant: try another beside it.'
            when 'few_cases' then format('Fewer than two variants with {} cases: wait for more.', rules.min_n)
        end as missing,
        together.caution,
        {{ data_as_of() }} as data_as_of
    from together
    inner join rules on together.lever = rules.lever
)

select * from final
