-- How much each campaign brought to each deal (R055): what it is credited with under each model, and the whole
-- deal that it had a part in (influenced), which is the same under every model and adds up to more than the deals.
with credits as (
    select * from {{ ref('fct_attribution') }}
    where (status = 'won' and stage = 'Won') or (status <> 'won' and stage = 'Opportunity')
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

summed as (
    select
        conversion_id as opportunity_id,
        campaign_id,
        model,
        sum(weight) as weight,
        count(*) filter (where basis not in ('none', 'crm')) as touches,
        min(touched_at) as first_touched_at,
        max(touched_at) as last_touched_at,
        bool_or(basis = 'account') as is_account_fallback,
        sum(amount_native) as amount_native,
        sum(amount_reporting) as amount_reporting
    from credits
    group by conversion_id, campaign_id, model
),

final as (
    select
        summed.opportunity_id,
        summed.campaign_id,
        coalesce(campaigns.campaign_name, summed.campaign_id) as campaign_name,
        summed.model,
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
        case when summed.campaign_id <> '(none)' then deals.amount_reporting end as influenced_reporting,
        {{ data_as_of() }} as data_as_of
    from summed
    inner join deals on summed.opportunity_id = deals.opportunity_id
    left join campaigns on summed.campaign_id = campaigns.campaign_id
)

select * from final
