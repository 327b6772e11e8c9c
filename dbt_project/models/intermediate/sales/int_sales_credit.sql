-- Who has which part of each line of a deal with splits (R011). Each amount is shared out in minor units by largest
-- remainder (ties: the smaller rep id), so that the parts add up to the line exactly. Other lines are not here: their
-- owner has all of them.
{%- set cents = [currency_exponent(var('reporting_currency')) | int, 2] | min %}
{%- set unit = '1' if cents == 0 else '0.01' %}
{%- set amounts = ['amount', 'list', 'cost'] %}
with won as (
    select * from {{ ref('int_opportunity') }}
    where is_won
),

-- Teams are those of the close, as the owner's is (G16).
parts as (
    select
        splits.opportunity_id,
        coalesce(aliases.rep_id, 'Unknown') as rep_id,
        min(coalesce(aliases.rep_name, 'Unknown')) as rep_name,
        min(coalesce(teams.team, reps.team, 'Unknown')) as team,
        coalesce(aliases.rep_id, 'Unknown') = won.rep_id as is_owner,
        sum(splits.split_millionths) as weight
    from {{ ref('stg_crm_opportunity_splits') }} as splits
    inner join won on splits.opportunity_id = won.opportunity_id
    left join {{ ref('int_rep_alias') }} as aliases
        on
            splits.source = aliases.source
            and splits.owner_id = aliases.owner_id
            and aliases.owner_name is null
    left join {{ ref('int_rep_team') }} as teams
        on
            aliases.user_id = teams.rep_id
            and won.closed_on >= teams.valid_from
            and won.closed_on < teams.valid_to
    left join {{ ref('int_sales_rep') }} as reps on aliases.rep_id = reps.rep_id
    where splits.is_revenue and splits.split_millionths > 0
    group by splits.opportunity_id, coalesce(aliases.rep_id, 'Unknown'), won.rep_id
),

-- The deal itself is counted once: for its owner, else for who has the most of it.
ranked_parts as (
    select
        *,
        row_number() over (partition by opportunity_id order by is_owner desc, weight desc, rep_id asc) = 1
            as is_leading
    from parts
),

units as (
    select
        lines.line_id,
        lines.opportunity_id,
        ranked_parts.rep_id,
        ranked_parts.rep_name,
        ranked_parts.team,
        ranked_parts.weight,
        ranked_parts.is_leading,
    {%- for amount in amounts %}
        cast(lines.{{ amount }}_reporting * {{ 10 ** cents }} as hugeint) as {{ amount }}_units,
        abs({{ amount }}_units) * ranked_parts.weight // 1000000 as {{ amount }}_floor,
        abs({{ amount }}_units) * ranked_parts.weight % 1000000 as {{ amount }}_remainder
        {{- ',' if not loop.last }}
    {%- endfor %}
    from {{ ref('int_sales_line') }} as lines
    inner join ranked_parts on lines.opportunity_id = ranked_parts.opportunity_id
),

ranked as (
    select
        *,
    {%- for amount in amounts %}
        abs({{ amount }}_units) - sum({{ amount }}_floor) over (partition by line_id) as {{ amount }}_left,
        row_number() over (partition by line_id order by {{ amount }}_remainder desc, rep_id asc) as {{ amount }}_rank
        {{- ',' if not loop.last }}
    {%- endfor %}
    from units
),

final as (
    select
        line_id,
        opportunity_id,
        rep_id,
        rep_name,
        team,
        cast(weight / 1000000.0 as decimal(9, 6)) as credit_share,
        is_leading,
    {%- for amount in amounts %}
        cast(
            sign({{ amount }}_units)
            * ({{ amount }}_floor + case when {{ amount }}_rank <= {{ amount }}_left then 1 else 0 end) * {{ unit }}
            as decimal(18, 2)
        ) as {{ amount }}_reporting
        {{- ',' if not loop.last }}
    {%- endfor %}
    from ranked
)

select * from final
