{{ config(tags=['dated']) }}
-- What touches are credited for: each person becoming Lead, MQL and SAL, each deal being begun and being won,
-- each order being paid.
-- Touches count from counts_from to counts_until, both included. A won deal looks back from its beginning, not
-- from its end: a long sale must not lose what led to it.
{%- set days = var('attribution_lookback_days') %}
with entries as (
    select * from {{ ref('int_stage_entry') }}
    where unit = 'person' and entered_on <= {{ data_as_of() }}
),

deals as (
    select
        *,
        coalesce(created_at, {{ start_of_business_day('closed_on') }}) as begun_at
    from {{ ref('int_opportunity_base') }}
    where not is_refund and coalesce(created_on, closed_on) is not null
),

final as (
    {% for stage in ['Lead', 'MQL', 'SAL'] %}
        select
            '{{ stage }}' as stage,
            unit_id as conversion_id,
            'person' as unit,
            entered_on as converted_on,
            entered_at - interval ({{ days[stage] }}) day as counts_from,
            -- The answer that made the lead is written moments after it.
            entered_at + interval ({{ var('origin_grace_minutes') if stage == 'Lead' else 0 }}) minute as counts_until,
            cast(null as timestamp) as deal_begun_at,
            cast(null as varchar) as status,
            cast(null as decimal(18, 4)) as amount_native,
            cast(null as varchar) as currency,
            cast(null as decimal(18, 2)) as amount_reporting
        from entries
        where funnel_stage = '{{ stage }}'
        union all
    {% endfor %}
    select
        'Opportunity', opportunity_id, 'opportunity', coalesce(created_on, closed_on),
        begun_at - interval ({{ days['Opportunity'] }}) day, begun_at, begun_at, status, amount_native, currency,
        amount_reporting
    from deals
    where sale_kind = 'deal'
    union all
    select
        'Won', opportunity_id, 'opportunity', closed_on,
        begun_at - interval ({{ days['Won'] }}) day,
        {{ start_of_business_day('closed_on + 1') }} - interval 1 microsecond, begun_at, status, amount_native,
        currency, amount_reporting
    from deals
    where is_won
)

select * from final
