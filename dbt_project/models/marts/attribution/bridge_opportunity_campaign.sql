-- How much each campaign brought to each deal (R055): what it is credited with under each model, and the whole
-- deal that it had a part in (influenced), which is the same under every model and adds up to more than the deals.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
with credits as (
    select * from {{ ref('fct_attribution') }}
    where (status = 'won' and stage = 'Won') or (status <> 'won' and stage = 'Opportunity')
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

-- The margin of a deal is known where the cost of all its lines is.
margins as (
    select opportunity_id, sum(margin_reporting) as margin
    from {{ ref('fct_sales_line') }}
    group by opportunity_id
    having bool_and(margin_reporting is not null)
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

summed as (
    select
        conversion_id as opportunity_id,
        campaign_id,
        model,
        people,
        sum(weight) as weight,
        count(*) filter (where basis not in ('none', 'crm')) as touches,
        min(touched_at) as first_touched_at,
        max(touched_at) as last_touched_at,
        bool_or(basis = 'account' and people = 'deal') as is_account_fallback,
        sum(amount_native) as amount_native,
        sum(amount_reporting) as amount_reporting
    from credits
    group by conversion_id, campaign_id, model, people
),

valued as (
    select
        summed.*,
        cast(summed.weight * 1000000000 as hugeint) as points,
        cast(round(margins.margin * {{ 10 ** cents }}) as hugeint) as margin_units,
        case
            when deals.status = 'open'
                then cast(round(deals.amount_reporting * deals.probability * {{ 10 ** cents }}) as hugeint)
        end as expected_units
    from summed
    inner join deals on summed.opportunity_id = deals.opportunity_id
    left join margins on summed.opportunity_id = margins.opportunity_id
),

shared as (
    {{ shared_units('valued', 'opportunity_id, model', 'campaign_id', ['margin', 'expected']) }}
),

final as (
    select
        summed.opportunity_id,
        summed.campaign_id,
        coalesce(campaigns.campaign_name, summed.campaign_id) as campaign_name,
        summed.model,
        summed.people,
        deals.status,
        deals.closed_on,
        cast(summed.weight as decimal(10, 9)) as weight,
        summed.touches,
        summed.first_touched_at,
        summed.last_touched_at,
        summed.is_account_fallback,
        deals.currency,
        cast(summed.amount_native as decimal(18, 4)) as attributed_native,
        cast(summed.amount_reporting as decimal(18, 2)) as attributed_reporting,
        cast(cast(summed.margin_part as decimal(28, 0)) / {{ 10 ** cents }} as decimal(18, 2))
            as attributed_margin_reporting,
        cast(cast(summed.expected_part as decimal(28, 0)) / {{ 10 ** cents }} as decimal(18, 2))
            as attributed_expected_reporting,
        case when summed.campaign_id <> '(none)' then deals.amount_reporting end as influenced_reporting,
        {{ data_as_of() }} as data_as_of
    from shared as summed
    inner join deals on summed.opportunity_id = deals.opportunity_id
    left join campaigns on summed.campaign_id = campaigns.campaign_id
)

select * from final
