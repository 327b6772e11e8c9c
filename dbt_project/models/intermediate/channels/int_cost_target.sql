{{ config(tags=['dated']) }}
-- Costs per day and what they serve: direct costs as they are, shared ones shared out by their key among what was
-- at work in the month of the day, in whole minor units by largest remainder, so that the parts add up exactly.
-- What no key reaches stays unallocated, with the reason.
{%- set cents = 10 ** ([currency_exponent(var('reporting_currency')) | int, 2] | min) %}
with costs as (
    select
        *,
        date_trunc('month', date_day) as month,
        -- Among what a cost may be shared out: the campaigns of its channel, all channels, or the sales teams.
        case
            when campaign_id is not null or team is not null then null
            when channel is not null then 'channel ' || channel
            when department = 'sales' then 'sales'
            else 'marketing'
        end as scope
    from {{ ref('int_cost_day') }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

activity as (
    select
        date_trunc('month', days.date_day) as month,
        days.channel,
        nullif(days.campaign_id, '(none)') as campaign_id,
        sum(days.spend_reporting) as spend,
        sum(days.leads) as leads,
        bool_or(channels.channel_kind <> 'unknown') as is_known
    from {{ ref('int_channel_kpi_day') }} as days
    left join {{ ref('channels') }} as channels on days.channel = channels.channel
    group by all
),

-- Deals in work in a month show the teams that sell; leads count for the team of their owner.
teams_at_work as (
    select distinct months.month, opportunities.team
    from (
        select distinct month from costs
        where scope = 'sales'
    ) as months
    inner join {{ ref('int_opportunity') }} as opportunities
        on
            opportunities.created_on < months.month + interval 1 month
            and coalesce(opportunities.closed_on, {{ data_as_of() }}) >= months.month
    where opportunities.team <> 'Unknown'
),

team_leads as (
    select
        date_trunc('month', origins.lead_created_on) as month,
        coalesce(teams.team, 'Unknown') as team,
        count(*) as leads
    from {{ ref('int_person_origin') }} as origins
    inner join {{ ref('int_rep_alias') }} as aliases
        on
            origins.source = aliases.source
            and origins.owner_id is not distinct from aliases.owner_id
            and origins.owner_name is not distinct from aliases.owner_name
    inner join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and origins.lead_created_on >= teams.valid_from
            and origins.lead_created_on < teams.valid_to
    group by all
),

-- `fixed: Paid Search 50%, Email 0.3` names channels, campaigns or sales teams; what is left of one stays unallocated.
fixed_parts as (
    select
        allocation_key,
        regexp_extract(part, '^\s*(.+?)\s*[= ]\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*$', 1) as name,
        try_cast(regexp_extract(part, '^\s*(.+?)\s*[= ]\s*([0-9]+(?:\.[0-9]+)?)\s*(%?)\s*$', 2) as decimal(18, 6))
        / case when part like '%\%%' escape '\' then 100 else 1 end as share
    from (
        select
            allocation_key,
            unnest(string_split_regex(regexp_replace(allocation_key, '^fixed[^:]*:', ''), '[,;]')) as part
        from (
            select distinct allocation_key from costs
            where allocation_key like 'fixed%:%'
        ) as keys
    ) as parts
),

fixed as (
    select
        parts.allocation_key,
        channels.channel,
        case when channels.channel is null and teams.team is null then campaigns.campaign_id end as campaign_id,
        case when channels.channel is null then teams.team end as team,
        cast(round(parts.share * 1000000) as hugeint) as weight,
        sum(parts.share) over (partition by parts.allocation_key) > 1.000001 as is_over_one
    from fixed_parts as parts
    left join {{ ref('channels') }} as channels on parts.name = lower(channels.channel)
    left join (select distinct team from {{ ref('int_rep_team') }}) as teams on parts.name = lower(teams.team)
    left join (
        select {{ normalised_campaign('campaign_name') }} as name_key, min(campaign_id) as campaign_id
        from {{ ref('int_campaign') }}
        group by name_key
    ) as campaigns on {{ normalised_campaign('parts.name') }} = campaigns.name_key
    where coalesce(channels.channel, teams.team, campaigns.campaign_id) is not null and parts.share > 0
),

weights as (
    {% for key in ['spend', 'leads'] -%}
        select
            '{{ key }}' as allocation_key, 'marketing' as scope, month, channel, campaign_id, null as team,
            cast(round({{ key }} * 1000000) as hugeint) as weight
        from activity
        where {{ key }} > 0
        union all
        select
            '{{ key }}', 'channel ' || channel, month, channel, campaign_id, null,
            cast(round({{ key }} * 1000000) as hugeint)
        from activity
        where {{ key }} > 0
        union all
    {% endfor -%}
    select distinct 'even', 'marketing', month, channel, null, null, cast(1 as hugeint)
    from activity
    where is_known
    union all
    select distinct 'even', 'channel ' || channel, month, channel, campaign_id, null, cast(1 as hugeint)
    from activity
    where campaign_id is not null
    union all
    select 'even', 'sales', month, null, null, team, cast(1 as hugeint) from teams_at_work
    union all
    select 'leads', 'sales', month, null, null, team, cast(leads as hugeint) from team_leads
    union all
    select allocation_key, null, null, channel, campaign_id, team, sum(weight)
    from fixed
    where not is_over_one
    group by all
    union all
    select allocation_key, null, null, null, null, null, 1000000 - sum(weight)
    from fixed
    where not is_over_one
    group by allocation_key
    having sum(weight) < 1000000
),

matched as (
    select
        costs.* exclude (channel, campaign_id, team, month),
        coalesce(weights.channel, costs.channel) as channel,
        coalesce(weights.campaign_id, costs.campaign_id) as campaign_id,
        coalesce(weights.team, costs.team) as team,
        coalesce(weights.weight, 1) as weight,
        weights.weight is not null
        and coalesce(weights.channel, weights.campaign_id, weights.team) is not null as is_allocated,
        weights.weight is not null as has_weight,
        cast(power(10, coalesce(currencies.exponent, 2)) as bigint) as minor_units
    from costs
    left join currencies on costs.currency = currencies.currency
    left join weights
        on
            -- Fixed shares are those of every scope and month.
            costs.allocation_key = weights.allocation_key
            and case
                when costs.scope is null then null
                when costs.allocation_key like 'fixed%:%' then ''
                else strftime(costs.month, '%Y-%m ') || costs.scope
            end = coalesce(strftime(weights.month, '%Y-%m ') || weights.scope, '')
),

named as (
    select
        *,
        case
            when is_allocated then 'allocated'
            when coalesce(campaign_id, channel, team) is null then 'unallocated'
            else 'direct'
        end as allocation,
        coalesce(nullif(concat_ws(' | ', channel, campaign_id, team), ''), '(shared)') as target_id
    from matched
),

units as (
    select
        *,
    {%- for amount, minor in [('native', 'minor_units'), ('reporting', cents)] %}
        cast(trunc(amount_{{ amount }} * {{ minor }}) as hugeint) as {{ amount }}_units,
        abs({{ amount }}_units) * weight // sum(weight) over same_cost as {{ amount }}_floor,
        abs({{ amount }}_units) * weight % sum(weight) over same_cost as {{ amount }}_remainder
        {{- ',' if not loop.last }}
    {%- endfor %}
    from named
    window same_cost as (partition by date_day, cost_origin, source, account_id, cost_id)
),

ranked as (
    select
        *,
    {%- for amount in ['native', 'reporting'] %}
        abs({{ amount }}_units) - sum({{ amount }}_floor) over (
            partition by date_day, cost_origin, source, account_id, cost_id
            ) as {{ amount }}_left,
        row_number() over (
            partition by date_day, cost_origin, source, account_id, cost_id
            order by {{ amount }}_remainder desc, target_id asc
            ) as {{ amount }}_rank
        {{- ',' if not loop.last }}
    {%- endfor %}
    from units
),

final as (
    select
        date_day,
        cost_origin,
        source,
        account_id,
        cost_id,
        target_id,
        kind,
        category,
        department,
        channel,
        campaign_id,
        team,
        vendor,
        allocation_key,
        allocation,
        case
            when allocation <> 'unallocated' then null
            when allocation_key is null then 'no_key'
            when has_weight then 'no_share'
            when allocation_key in ('spend', 'leads', 'even') then 'no_basis'
            when allocation_key like 'fixed%:%' then 'bad_shares'
            else 'unknown_key'
        end as unallocated_reason,
        sales_step,
        currency,
        {%- for amount, minor in [('native', 'minor_units'), ('reporting', cents)] %}
            cast(
                cast(
                    sign({{ amount }}_units) * cast(
                        {{ amount }}_floor + case when {{ amount }}_rank <= {{ amount }}_left then 1 else 0 end
                        as decimal(24, 6)
                    ) / {{ minor }} as decimal(18, 6)
                ) + case
                    when {{ amount }}_rank = 1
                        then cast(
                            amount_{{ amount }} - cast({{ amount }}_units as decimal(24, 6)) / {{ minor }}
                            as decimal(18, 6)
                        )
                    else 0
                end as decimal(18, 6)
            ) as amount_{{ amount }},
        {%- endfor %}
        fx_rate,
        fx_date
    from ranked
)

select * from final
