-- What each campaign, channel and department brought under each model (R005, R009, R056, R058), by month of the
-- conversion. Attributed numbers add up over a model and a dimension; influenced ones do not.
{%- set dimensions = ['campaign_id', 'channel', 'department'] %}
{%- set stages = {'Lead': 'leads', 'MQL': 'mqls', 'SAL': 'sals', 'Opportunity': 'opportunities', 'Won': 'won_deals'} %}
with credits as (
    select *, cast(date_trunc('month', converted_on) as date) as month_start
    from {{ ref('fct_attribution') }}
),

campaigns as (
    select campaign_id, campaign_name from {{ ref('dim_campaign') }}
),

cut as (
    {% for dimension in dimensions %}
        select
            model, people, month_start,
            '{{ dimension | replace("_id", "") }}' as dimension_type,
            {{ dimension }} as dimension_key,
            {% for stage, name in stages.items() %}
                coalesce(sum(weight) filter (where stage = '{{ stage }}'), 0) as {{ name }},
            {% endfor %}
            coalesce(sum(amount_reporting) filter (where stage = 'Won'), 0) as revenue,
            coalesce(sum(amount_reporting) filter (where stage = 'Opportunity' and status = 'open'), 0) as pipeline
        from credits
        group by model, people, month_start, {{ dimension }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Under the linear model every touch has credit, so its rows say who had any part in a deal.
influenced as (
    {% for dimension in dimensions %}
        select
            month_start,
            '{{ dimension | replace("_id", "") }}' as dimension_type,
            {{ dimension }} as dimension_key,
            count(distinct conversion_id) filter (where stage = 'Won') as won_deals,
            count(distinct conversion_id) filter (where stage = 'Opportunity') as opportunities
        from credits
        where model = 'linear' and {{ dimension }} <> '(none)'
        group by month_start, {{ dimension }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        cut.month_start,
        cut.model,
        cut.people,
        cut.dimension_type,
        cut.dimension_key,
        case
            when cut.dimension_type = 'campaign' then coalesce(campaigns.campaign_name, cut.dimension_key)
            else cut.dimension_key
        end as dimension_label,
        {% for name in stages.values() -%}
            cast(cut.{{ name }} as decimal(18, 9)) as {{ name }},
        {% endfor -%}
        cast(cut.revenue as decimal(18, 2)) as revenue_reporting,
        cast(cut.pipeline as decimal(18, 2)) as pipeline_reporting,
        case when cut.dimension_key <> '(none)' then coalesce(influenced.won_deals, 0) end as won_deals_influenced,
        case when cut.dimension_key <> '(none)' then coalesce(influenced.opportunities, 0) end
            as opportunities_influenced,
        {{ data_as_of() }} as data_as_of
    from cut
    left join influenced
        on
            cut.month_start = influenced.month_start
            and cut.dimension_type = influenced.dimension_type
            and cut.dimension_key = influenced.dimension_key
    left join campaigns on case when cut.dimension_type = 'campaign' then cut.dimension_key end = campaigns.campaign_id
)

select * from final
