-- Each campaign and type of campaign over the whole cycle in one row (R040): whom it touched, how far they came, how
-- long it took, what they brought. Who answered several campaigns is in each of them: influence, no partition.
with journeys as (
    select * from {{ ref('mart_lead_journey') }}
),

touched as (
    select person_id, campaign_id from journeys
    where campaign_id <> '(none)'
    union
    select person_id, campaign_id from {{ ref('fct_campaign_response') }}
    where person_id is not null and campaign_id <> '(none)'
),

campaigns as (
    select
        campaign_id,
        min(campaign_name) as campaign_name,
        coalesce(min(nullif(trim(campaign_type), '')), 'Unknown') as campaign_type
    from {{ ref('dim_campaign') }}
    group by campaign_id
),

programs as (
    select
        'campaign' as program_kind, touched.campaign_id as program,
        coalesce(campaigns.campaign_name, touched.campaign_id) as program_name, touched.person_id
    from touched
    left join campaigns on touched.campaign_id = campaigns.campaign_id
    union
    select
        'campaign type', coalesce(campaigns.campaign_type, 'Unknown'), coalesce(campaigns.campaign_type, 'Unknown'),
        touched.person_id
    from touched
    left join campaigns on touched.campaign_id = campaigns.campaign_id
    union all
    select 'all', 'all', 'All leads', person_id from journeys
),

counted as (
    select
        programs.program_kind,
        programs.program,
        min(programs.program_name) as program_name,
        count(*) as leads,
        count(journeys.contacted_at) as leads_contacted,
        count(journeys.mql_at) as mqls,
        count(journeys.sal_at) as sals,
        count(journeys.opportunity_at) as opportunity_leads,
        count(journeys.customer_at) as customers,
        count(journeys.retained_at) as customers_retained,
        median(epoch(journeys.mql_at - journeys.lead_created_at)) / 86400.0 as lead_to_mql_days_median,
        median(epoch(journeys.sal_at - journeys.mql_at)) / 86400.0 as mql_to_sal_days_median,
        median(epoch(journeys.opportunity_at - journeys.sal_at)) / 86400.0 as sal_to_opportunity_days_median,
        median(epoch(journeys.customer_at - journeys.opportunity_at)) / 86400.0 as opportunity_to_customer_days_median,
        median(epoch(journeys.customer_at - journeys.lead_created_at)) / 86400.0 as lead_to_customer_days_median,
        sum(journeys.opportunities_won) as deals_won,
        sum(journeys.opportunities_lost) as deals_lost,
        sum(journeys.won_amount_reporting) as won_amount
    from programs
    inner join journeys on programs.person_id = journeys.person_id
    group by programs.program_kind, programs.program
),

final as (
    select
        program_kind,
        program,
        program_name,
        leads,
        leads_contacted,
        mqls,
        sals,
        opportunity_leads,
        customers,
        customers_retained,
        {{ safe_divide('mqls', 'leads') }} as lead_to_mql_rate_cohort,
        {{ safe_divide('sals', 'mqls') }} as mql_to_sal_rate_cohort,
        {{ safe_divide('opportunity_leads', 'sals') }} as sal_to_opportunity_rate_cohort,
        {{ safe_divide('customers', 'opportunity_leads') }} as opportunity_to_customer_rate_cohort,
        {{ safe_divide('customers', 'leads') }} as lead_to_customer_rate_cohort,
        {{ safe_divide('leads_contacted', 'leads') }} as contacted_rate_cohort,
        lead_to_mql_days_median,
        mql_to_sal_days_median,
        sal_to_opportunity_days_median,
        opportunity_to_customer_days_median,
        lead_to_customer_days_median,
        cast(deals_won as bigint) as deals_won,
        cast(deals_lost as bigint) as deals_lost,
        cast(won_amount as decimal(18, 2)) as won_amount_reporting,
        leads < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from counted
)

select * from final
