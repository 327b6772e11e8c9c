-- noqa: disable=LT02
-- What depends on the choice of the model: the least and the most revenue each campaign and channel gets, its places,
-- and which touches make the difference. A decision that holds at both ends does not depend on the model. Markov and
-- the CRM's own choice share out no touches and stand beside.
{%- set dimensions = {'campaign': 'campaign_id', 'channel': 'channel'} %}
with shares as (
    select * from {{ ref('mart_attribution_share') }}
    where dimension_type in ('campaign', 'channel') and dimension_key <> '(none)'
),

scorecard as (
    select campaign_id, model, verdict from {{ ref('mart_campaign_scorecard') }}
    where model not in ('markov', 'crm')
),

ranged as (
    select
        dimension_type,
        dimension_key,
        any_value(dimension_label) as dimension_label,
        count(*) filter (where model not in ('markov', 'crm')) as models,
        min(revenue_reporting) filter (where model not in ('markov', 'crm')) as revenue_low,
        max(revenue_reporting) filter (where model not in ('markov', 'crm')) as revenue_high,
        max(revenue_reporting) filter (where model = 'markov') as revenue_markov,
        max(revenue_reporting) filter (where model = 'crm') as revenue_crm,
        max(all_revenue_reporting) as all_revenue,
        min(revenue_rank) filter (where model not in ('markov', 'crm')) as rank_best,
        max(revenue_rank) filter (where model not in ('markov', 'crm')) as rank_worst,
        max(won_deals_influenced) as won_deals_influenced,
        bool_and(is_low_n) as is_low_n
    from shares
    group by dimension_type, dimension_key
    having count(*) filter (where model not in ('markov', 'crm')) > 0
),

-- Of models that give the same the first by name.
extremes as (
    select
        ranged.dimension_type,
        ranged.dimension_key,
        min(shares.model) filter (where shares.revenue_reporting = ranged.revenue_low) as model_low,
        min(shares.model) filter (where shares.revenue_reporting = ranged.revenue_high) as model_high
    from ranged
    inner join shares
        on
            ranged.dimension_type = shares.dimension_type
            and ranged.dimension_key = shares.dimension_key
            and shares.model not in ('markov', 'crm')
    group by ranged.dimension_type, ranged.dimension_key
),

touches as (
    select
        credits.model,
        credits.campaign_id,
        credits.channel,
        credits.amount_reporting,
        case
            when path.touches = 1 then 'only touch'
            when path.is_first then 'first touch'
            when path.is_last then 'last touch'
            when path.is_lead_milestone then 'made the lead'
            when path.is_deal_milestone then 'before the deal'
            else 'in between'
        end as role
    from {{ ref('fct_attribution') }} as credits
    inner join {{ ref('int_attribution_touch') }} as path
        on
            credits.stage = path.stage
            and credits.conversion_id = path.conversion_id
            and credits.touch_id = path.touch_id
            and path.people in ('both', credits.people)
    where credits.stage = 'Won' and credits.amount_reporting is not null
),

differences as (
    {% for dimension, column in dimensions.items() %}
        select
            extremes.dimension_type,
            extremes.dimension_key,
            touches.role,
            sum(
                case
                    when touches.model = extremes.model_high then touches.amount_reporting
                    else -touches.amount_reporting
                end
            ) as difference
        from extremes
        inner join touches
            on
                extremes.dimension_key = touches.{{ column }}
                and touches.model in (extremes.model_low, extremes.model_high)
        where extremes.dimension_type = '{{ dimension }}' and extremes.model_low <> extremes.model_high
        group by extremes.dimension_type, extremes.dimension_key, touches.role
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

deciding as (
    select *
    from differences
    where difference > 0
    qualify row_number() over (
        partition by dimension_type, dimension_key order by difference desc, role asc
    ) = 1
),

verdicts as (
    select
        campaign_id,
        count(distinct verdict) as verdicts,
        min(verdict) as verdict
    from scorecard
    group by campaign_id
),

final as (
    select
        ranged.dimension_type,
        ranged.dimension_key,
        ranged.dimension_label,
        ranged.models,
        ranged.revenue_low as revenue_low_reporting,
        extremes.model_low,
        ranged.revenue_high as revenue_high_reporting,
        extremes.model_high,
        cast(ranged.revenue_high - ranged.revenue_low as decimal(18, 2)) as revenue_range_reporting,
        ranged.revenue_markov as revenue_markov_reporting,
        ranged.revenue_crm as revenue_crm_reporting,
        {{ safe_divide('ranged.revenue_low', 'ranged.all_revenue') }} as revenue_share_low,
        {{ safe_divide('ranged.revenue_high', 'ranged.all_revenue') }} as revenue_share_high,
        ranged.rank_best,
        ranged.rank_worst,
        deciding.role as deciding_touch,
        cast(deciding.difference as decimal(18, 2)) as deciding_touch_reporting,
        case when ranged.dimension_type = 'campaign' then coalesce(verdicts.verdicts = 1, false) end
            as is_verdict_agreed,
        case when verdicts.verdicts = 1 then verdicts.verdict end as verdict,
        ranged.won_deals_influenced,
        ranged.is_low_n,
        {{ data_as_of() }} as data_as_of
    from ranged
    left join extremes
        on ranged.dimension_type = extremes.dimension_type and ranged.dimension_key = extremes.dimension_key
    left join deciding
        on ranged.dimension_type = deciding.dimension_type and ranged.dimension_key = deciding.dimension_key
    left join verdicts
        on case when ranged.dimension_type = 'campaign' then ranged.dimension_key end = verdicts.campaign_id
)

select * from final
