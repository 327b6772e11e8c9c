-- What the CRM itself credits each deal to, beside the first and the last touch that we see, and why they differ (R051,
-- R052). Where the CRM names a campaign, campaigns are compared, else channels.
{%- set nothing = "'(none)'" %}
with credits as (
    select * from {{ ref('fct_attribution') }}
    where (status = 'won' and stage = 'Won') or (status <> 'won' and stage = 'Opportunity')
),

path as (
    select * from {{ ref('fct_conversion_path') }}
    where {{ is_path_of(main_people()) }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

named as (
    select stage, conversion_id, campaign_id, channel, status, amount_reporting
    from credits
    where model = 'crm'
),

ends as (
    select
        stage,
        conversion_id,
        any_value(campaign_id) filter (where is_first) as first_campaign_id,
        any_value(channel) filter (where is_first) as first_channel,
        any_value(campaign_id) filter (where is_last) as last_campaign_id,
        any_value(channel) filter (where is_last) as last_channel
    from path
    group by stage, conversion_id
),

shares as (
    select
        named.conversion_id,
        sum(credits.weight) as weight
    from named
    inner join credits
        on
            named.conversion_id = credits.conversion_id
            and named.stage = credits.stage
            and credits.model = 'linear'
            and case
                when named.campaign_id <> {{ nothing }} then named.campaign_id = credits.campaign_id
                else named.channel = credits.channel
            end
    where named.channel <> {{ nothing }}
    group by named.conversion_id
),

compared as (
    select
        named.*,
        ends.first_campaign_id,
        ends.first_channel,
        ends.last_campaign_id,
        ends.last_channel,
        coalesce(shares.weight, 0) as linear_weight,
        case
            when named.campaign_id <> {{ nothing }} then named.campaign_id = ends.first_campaign_id
            else named.channel = ends.first_channel
        end as is_first,
        case
            when named.campaign_id <> {{ nothing }} then named.campaign_id = ends.last_campaign_id
            else named.channel = ends.last_channel
        end as is_last
    from named
    left join ends on named.stage = ends.stage and named.conversion_id = ends.conversion_id
    left join shares on named.conversion_id = shares.conversion_id
),

final as (
    select
        compared.conversion_id as opportunity_id,
        compared.status,
        deals.closed_on,
        compared.campaign_id as crm_campaign_id,
        compared.channel as crm_channel,
        compared.first_campaign_id,
        compared.first_channel,
        compared.last_campaign_id,
        compared.last_channel,
        cast(compared.linear_weight as decimal(10, 9)) as linear_weight,
        case
            when compared.channel = {{ nothing }} and compared.first_channel is null then 'nothing_known'
            when compared.channel = {{ nothing }} then 'crm_names_nothing'
            when compared.first_channel is null then 'no_touch_at_all'
            when compared.is_first and compared.is_last then 'first_and_last'
            when compared.is_first then 'first_only'
            when compared.is_last then 'last_only'
            when compared.linear_weight > 0 then 'in_between'
            else 'not_touched'
        end as agreement,
        compared.amount_reporting,
        {{ data_as_of() }} as data_as_of
    from compared
    inner join deals on compared.conversion_id = deals.opportunity_id
)

select * from final
