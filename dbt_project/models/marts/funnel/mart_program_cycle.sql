-- Each campaign and type of campaign over the whole cycle in one row (R040), by the month, quarter and year of the
-- first touch and over all time: how many answered, whom it touched, how far they came, how long it took, what they
-- brought after it touched them. Who answered several campaigns is in each of them: influence, no partition.
{% set cell = 'period_grain, period_start, program_kind, program' -%}
{%- set stages = [
    {'name': 'MQL', 'at': 'mql_at'}, {'name': 'SAL', 'at': 'sal_at'}, {'name': 'Opportunity', 'at': 'opportunity_at'},
    {'name': 'Customer', 'at': 'customer_at'}, {'name': 'Retained', 'at': 'retained_at'}
] -%}
{%- set steps = [
    {'name': 'lead_to_mql', 'since': 'lead_created_at', 'to': 'mql_at'},
    {'name': 'mql_to_sal', 'since': 'mql_at', 'to': 'sal_at'},
    {'name': 'sal_to_opportunity', 'since': 'sal_at', 'to': 'opportunity_at'},
    {'name': 'opportunity_to_customer', 'since': 'opportunity_at', 'to': 'customer_at'},
    {'name': 'lead_to_customer', 'since': 'lead_created_at', 'to': 'customer_at'}
] -%}
{%- set counts = [
    'leads', 'leads_with_activities', 'mqls', 'sals', 'opportunity_leads', 'customers', 'customers_retained',
    'leads_before_mql', 'mqls_before_sal', 'sals_before_opportunity', 'opportunity_leads_before_customer',
    'leads_before_customer'
] -%}
with journeys as (
    select * from {{ ref('mart_lead_journey') }}
),

touched as (
    select person_id, campaign_id, lead_created_at as touched_at from journeys
    where campaign_id <> '(none)'
    union all
    select person_id, campaign_id, responded_at from {{ ref('fct_campaign_response') }}
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

touched_programs as (
    select 'campaign' as program_kind, touched.campaign_id as program, touched.person_id, touched.touched_at
    from touched
    union all
    select 'campaign type', coalesce(campaigns.campaign_type, 'Unknown'), touched.person_id, touched.touched_at
    from touched
    left join campaigns on touched.campaign_id = campaigns.campaign_id
    union all
    select 'all', 'all', person_id, lead_created_at from journeys
),

first_touches as (
    select program_kind, program, person_id, min(touched_at) as touched_at
    from touched_programs
    group by program_kind, program, person_id
),

-- A lead belongs to the period in which the program touched it first: once per program and length of period.
programs as (
    select
        *,
        unnest(['all', 'year', 'quarter', 'month']) as period_grain,
        unnest([
            cast(null as date),
            {%- for grain in ['year', 'quarter', 'month'] %}
                cast(date_trunc('{{ grain }}', {{ business_day('touched_at') }}) as date){{ ',' if not loop.last }}
            {%- endfor %}
        ]) as period_start
    from first_touches
),

answered as (
    select 'campaign' as program_kind, responses.campaign_id as program, responses.*
    from {{ ref('fct_campaign_response') }} as responses
    where responses.campaign_id <> '(none)'
    union all
    select 'campaign type', coalesce(campaigns.campaign_type, 'Unknown'), responses.*
    from {{ ref('fct_campaign_response') }} as responses
    left join campaigns on responses.campaign_id = campaigns.campaign_id
    where responses.campaign_id <> '(none)'
    union all
    select 'all', 'all', responses.*
    from {{ ref('fct_campaign_response') }} as responses
),

answered_in_periods as (
    select
        program_kind, program, person_id,
        unnest(['all', 'year', 'quarter', 'month']) as period_grain,
        unnest([
            cast(null as date),
            {%- for grain in ['year', 'quarter', 'month'] %}
                cast(date_trunc('{{ grain }}', responded_on) as date){{ ',' if not loop.last }}
            {%- endfor %}
        ]) as period_start
    from answered
),

inquiry_counts as (
    select {{ cell }}, count(*) as inquiries, count(distinct person_id) as inquirers
    from answered_in_periods
    group by {{ cell }}
),

-- What a lead reached before a program touched it is not the program's: it neither counts nor could count there.
followed as (
    select
        programs.*,
        journeys.lead_created_at,
        journeys.contacted_at,
        contact_sources.source is not null as has_contacts,
    {%- for stage in stages %}
        journeys.{{ stage.at }},
        coalesce(journeys.{{ stage.at }} >= programs.touched_at, false) as {{ stage.at }}_followed,
        journeys.{{ stage.at }} is null or journeys.{{ stage.at }} >= programs.touched_at as {{ stage.at }}_was_to_come,
        -- A stage that was skipped has no time of its own (G7).
        not list_contains(string_split(coalesce(journeys.skipped_stages, ''), '; '), '{{ stage.name }}')
            as {{ stage.at }}_is_recorded{{ ',' if not loop.last }}
    {%- endfor %}
    from programs
    inner join journeys on programs.person_id = journeys.person_id
    left join {{ ref('int_contact_source') }} as contact_sources on journeys.source = contact_sources.source
),

deals as (
    select
        programs.period_grain,
        programs.period_start,
        programs.program_kind,
        programs.program,
        count(*) filter (where deals.status = 'won' and not deals.is_refund and deals.sale_kind = 'deal') as deals_won,
        count(*) filter (where deals.status = 'lost') as deals_lost,
        sum(deals.amount_reporting) filter (where links.is_origin and deals.status = 'won') as won_amount
    from programs
    inner join {{ ref('int_opportunity_person') }} as links on programs.person_id = links.person_id
    inner join {{ ref('int_opportunity_base') }} as deals on links.opportunity_id = deals.opportunity_id
    where programs.program_kind = 'all' or deals.closed_on >= {{ business_day('programs.touched_at') }}
    group by all
),

usual as (
    select quantile_cont(epoch(customer_at - touched_at) / 86400.0, 0.9) as days_to_customer_p90
    from followed
    where program_kind = 'all' and period_grain = 'all' and customer_at_followed and customer_at_is_recorded
),

counted as (
    select
        followed.period_grain,
        followed.period_start,
        followed.program_kind,
        followed.program,
        count(*) as leads,
        count(*) filter (where followed.has_contacts) as leads_with_activities,
        case
            when bool_or(followed.has_contacts)
                then count(*) filter (where followed.has_contacts and followed.contacted_at >= followed.touched_at)
        end as leads_contacted,
        count(*) filter (where followed.mql_at_followed) as mqls,
        count(*) filter (where followed.sal_at_followed) as sals,
        count(*) filter (where followed.opportunity_at_followed) as opportunity_leads,
        count(*) filter (where followed.customer_at_followed) as customers,
        count(*) filter (where followed.retained_at_followed) as customers_retained,
        count(*) filter (where followed.mql_at_was_to_come) as leads_before_mql,
        count(*) filter (where followed.mql_at is not null and followed.sal_at_was_to_come) as mqls_before_sal,
        count(*) filter (where followed.sal_at is not null and followed.opportunity_at_was_to_come)
            as sals_before_opportunity,
        count(*) filter (where followed.opportunity_at is not null and followed.customer_at_was_to_come)
            as opportunity_leads_before_customer,
        count(*) filter (where followed.customer_at_was_to_come) as leads_before_customer,
        {%- for step in steps %}
            median(epoch(followed.{{ step.to }} - followed.{{ step.since }})) filter (
                where followed.{{ step.to }}_followed and followed.{{ step.to }}_is_recorded
                {%- if step.since != 'lead_created_at' %} and followed.{{ step.since }}_is_recorded{% endif %}
            ) / 86400.0 as {{ step.name }}_days_median,
        {%- endfor %}
        -- At least half of the leads had the time that nine of ten customers needed.
        median(epoch({{ end_of_business_day(data_as_of()) }} - followed.touched_at)) / 86400.0
        >= max(usual.days_to_customer_p90) as is_mature
    from followed
    cross join usual
    group by followed.period_grain, followed.period_start, followed.program_kind, followed.program
),

-- Campaigns are answered in periods, too, in which they touch nobody for the first time.
cells as (
    select {{ cell }} from counted
    union
    select {{ cell }} from inquiry_counts
),

filled as (
    select
        cells.*,
        coalesce(inquiry_counts.inquiries, 0) as inquiries,
        coalesce(inquiry_counts.inquirers, 0) as inquirers,
        counted.leads_contacted,
        {%- for count in counts %}
            coalesce(counted.{{ count }}, 0) as {{ count }},
        {%- endfor %}
        {%- for step in steps %}
            counted.{{ step.name }}_days_median,
        {%- endfor %}
        counted.is_mature,
        coalesce(deals.deals_won, 0) as deals_won,
        coalesce(deals.deals_lost, 0) as deals_lost,
        coalesce(deals.won_amount, 0) as won_amount
    from cells
    left join counted
        on
            cells.period_grain = counted.period_grain
            and cells.period_start is not distinct from counted.period_start
            and cells.program_kind = counted.program_kind
            and cells.program = counted.program
    left join inquiry_counts
        on
            cells.period_grain = inquiry_counts.period_grain
            and cells.period_start is not distinct from inquiry_counts.period_start
            and cells.program_kind = inquiry_counts.program_kind
            and cells.program = inquiry_counts.program
    left join deals
        on
            cells.period_grain = deals.period_grain
            and cells.period_start is not distinct from deals.period_start
            and cells.program_kind = deals.program_kind
            and cells.program = deals.program
),

names as (
    select campaign_id as program, campaign_name as program_name from campaigns
),

final as (
    select
        filled.period_grain,
        filled.period_start,
        filled.program_kind,
        filled.program,
        case filled.program_kind
            when 'all' then 'All leads'
            when 'campaign' then coalesce(names.program_name, filled.program)
            else filled.program
        end as program_name,
        inquiries,
        inquirers,
        leads,
        leads_with_activities,
        leads_contacted,
        mqls,
        sals,
        opportunity_leads,
        customers,
        customers_retained,
        leads_before_mql,
        mqls_before_sal,
        sals_before_opportunity,
        opportunity_leads_before_customer,
        leads_before_customer,
        {{ safe_divide('mqls', 'leads_before_mql') }} as lead_to_mql_rate_cohort,
        {{ safe_divide('sals', 'mqls_before_sal') }} as mql_to_sal_rate_cohort,
        {{ safe_divide('opportunity_leads', 'sals_before_opportunity') }} as sal_to_opportunity_rate_cohort,
        {{ safe_divide('customers', 'opportunity_leads_before_customer') }} as opportunity_to_customer_rate_cohort,
        {{ safe_divide('customers', 'leads_before_customer') }} as lead_to_customer_rate_cohort,
        {{ safe_divide('leads_contacted', 'leads_with_activities') }} as contacted_rate_cohort,
        lead_to_mql_days_median,
        mql_to_sal_days_median,
        sal_to_opportunity_days_median,
        opportunity_to_customer_days_median,
        lead_to_customer_days_median,
        is_mature,
        cast(deals_won as bigint) as deals_won,
        cast(deals_lost as bigint) as deals_lost,
        cast(won_amount as decimal(18, 2)) as won_amount_reporting,
        leads < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from filled
    left join names on case when filled.program_kind = 'campaign' then filled.program end = names.program
)

select * from final
