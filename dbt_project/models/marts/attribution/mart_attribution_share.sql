-- noqa: disable=LT02
-- How much of everything each campaign, channel and department brought under each model, over the whole history, and
-- how sure that is (R056). The interval is what other deals of the same kind would have given: a Wilson interval of the
-- share with as many deals as the spread of the credits is worth. Sums are integers: no bit depends on their order.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{%- set dimensions = {'campaign': 'campaign_id', 'channel': 'channel', 'department': 'department'} %}
{%- set stages = {'Lead': 'leads', 'MQL': 'mqls', 'SAL': 'sals', 'Opportunity': 'opportunities', 'Won': 'won_deals'} %}
with credits as (
    select
        *,
        cast(round(amount_reporting * {{ 10 ** cents }}) as hugeint) as units
    from {{ ref('fct_attribution') }}
),

markov as (
    select * from {{ ref('mart_attribution_markov') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

-- One row per conversion and campaign, channel or department: several touches of one campaign are one part.
parts as (
    {% for dimension, column in dimensions.items() %}
        select
            model, stage, conversion_id, status,
            '{{ dimension }}' as dimension_type,
            {{ column }} as dimension_key,
            sum(weight) as weight,
            sum(amount_reporting) as amount,
            sum(units) as units
        from credits
        group by model, stage, conversion_id, status, {{ column }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

won as (
    select conversion_id, sum(units) as units
    from credits
    where model = 'linear' and stage = 'Won'
    group by conversion_id
    having sum(units) is not null
),

everything as (
    select
        count(*) as deals,
        sum(units) as units,
        sum(units * units) as squares
    from won
),

summed as (
    select
        parts.model,
        parts.dimension_type,
        parts.dimension_key,
        {% for stage, name in stages.items() -%}
            sum(parts.weight) filter (where parts.stage = '{{ stage }}') as {{ name }},
        {% endfor -%}
        sum(parts.amount) filter (where parts.stage = 'Won') as revenue,
        sum(parts.amount) filter (where parts.stage = 'Opportunity' and parts.status = 'open') as pipeline,
        sum(parts.units) filter (where parts.stage = 'Won') as units,
        sum(parts.units * parts.units) filter (where parts.stage = 'Won') as squares,
        sum(parts.units * won.units) filter (where parts.stage = 'Won') as products
    from parts
    left join won on parts.conversion_id = won.conversion_id
    group by parts.model, parts.dimension_type, parts.dimension_key
    union all by name
    select
        'markov' as model,
        dimension_type,
        dimension_key,
        {% for stage, name in stages.items() -%}
            sum(conversions_credited) filter (where stage = '{{ stage }}') as {{ name }},
        {% endfor -%}
        sum(amount_reporting) filter (where stage = 'Won') as revenue
    from markov
    group by dimension_type, dimension_key
),

-- What a model gives nothing has a row of zeros, so that models can be compared.
keyed as (
    select keys.dimension_type, keys.dimension_key, models.model
    from (select distinct dimension_type, dimension_key from summed) as keys
    inner join (select distinct dimension_type, model from summed) as models
        on keys.dimension_type = models.dimension_type
),

-- Under the linear model every touch has credit, so its rows say who had any part in a conversion.
influenced as (
    select
        dimension_type,
        dimension_key,
        count(*) filter (where stage = 'Lead') as leads,
        count(*) filter (where stage = 'Opportunity') as opportunities,
        count(distinct parts.conversion_id)
            filter (where stage = 'Won' or (stage = 'Opportunity' and status <> 'open')) as decided,
        count(*) filter (where stage = 'Won') as won_deals,
        sum(won.units) filter (where stage = 'Won') as units
    from parts
    left join won on parts.conversion_id = won.conversion_id
    where model = 'linear' and dimension_key <> '(none)'
    group by dimension_type, dimension_key
),

shares as (
    select
        summed.* exclude (model, dimension_type, dimension_key),
        keyed.*,
        everything.units as all_units,
        everything.deals as all_deals,
        cast(everything.squares as double) / everything.units / everything.units as spread_of_deals,
        cast(coalesce(summed.units, 0) as double) / everything.units as share,
        (
            coalesce(summed.squares, 0)
            - 2 * cast(coalesce(summed.units, 0) as double) / everything.units * coalesce(summed.products, 0)
            + power(cast(coalesce(summed.units, 0) as double) / everything.units, 2) * everything.squares
        ) / everything.units / everything.units * everything.deals / nullif(everything.deals - 1, 0) as variance
    from keyed
    left join summed
        on
            keyed.dimension_type = summed.dimension_type
            and keyed.dimension_key = summed.dimension_key
            and keyed.model = summed.model
    left join everything on everything.units > 0
),

-- As many deals of one size, each credited wholly or not at all, would leave the share as unsure. Where the credits do
-- not differ from deal to deal, what counts is how different the deals are in size.
valued as (
    select
        *,
        case
            when model = 'markov' then null
            when variance > 1e-12 * spread_of_deals then share * (1 - share) / variance
            else 1 / spread_of_deals
        end as effective_deals
    from shares
),

worth as (
    select *, share * effective_deals as credited_deals from valued
),

final as (
    select
        worth.model,
        worth.dimension_type,
        worth.dimension_key,
        case
            when worth.dimension_type = 'campaign' then coalesce(campaigns.campaign_name, worth.dimension_key)
            else worth.dimension_key
        end as dimension_label,
        {% for name in stages.values() -%}
            cast(coalesce(worth.{{ name }}, 0) as decimal(18, 9)) as {{ name }},
        {% endfor -%}
        cast(coalesce(worth.revenue, 0) as decimal(18, 2)) as revenue_reporting,
        case when worth.model <> 'markov' then cast(coalesce(worth.pipeline, 0) as decimal(18, 2)) end
            as pipeline_reporting,
        cast(cast(worth.all_units as decimal(28, 0)) / {{ 10 ** cents }} as decimal(18, 2)) as all_revenue_reporting,
        {{ safe_divide('coalesce(worth.revenue, 0)', 'cast(worth.all_units as decimal(28, 0)) / ' ~ 10 ** cents) }}
            as revenue_share,
        round({{ wilson_bound('worth.credited_deals', 'worth.effective_deals', '-') }}, 9) as revenue_share_low,
        round({{ wilson_bound('worth.credited_deals', 'worth.effective_deals', '+') }}, 9) as revenue_share_high,
        cast(influenced.leads as bigint) as leads_influenced,
        cast(influenced.opportunities as bigint) as opportunities_influenced,
        cast(influenced.decided as bigint) as decided_influenced,
        cast(influenced.won_deals as bigint) as won_deals_influenced,
        cast(cast(influenced.units as decimal(28, 0)) / {{ 10 ** cents }} as decimal(18, 2)) as influenced_reporting,
        coalesce(influenced.won_deals, 0) < {{ var('min_n') }} as is_low_n,
        case
            when worth.dimension_key <> '(none)' and influenced.won_deals >= {{ var('min_n') }}
                then rank() over (
                    partition by
                        worth.model, worth.dimension_type,
                        worth.dimension_key <> '(none)' and coalesce(influenced.won_deals, 0) >= {{ var('min_n') }}
                    order by coalesce(worth.revenue, 0) desc
                )
        end as revenue_rank,
        {{ data_as_of() }} as data_as_of
    from worth
    left join influenced
        on worth.dimension_type = influenced.dimension_type and worth.dimension_key = influenced.dimension_key
    left join campaigns
        on case when worth.dimension_type = 'campaign' then worth.dimension_key end = campaigns.campaign_id
)

select * from final
