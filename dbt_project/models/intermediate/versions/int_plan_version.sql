{{ config(materialized='ephemeral') }}
-- Versions of cost lines and goals in one shape, with amounts in the reporting currency.
with costs as (
    select * from {{ ref('stg_cost_versions') }}
),

goals as (
    select * from {{ ref('stg_goal_versions') }}
),

lines as (
    select
        'marketing_cost' as plan_kind, cost_id as plan_id, period_start as start_date, period_end as end_date,
        {{ version_column_names() | join(', ') }},
        source, account_id, category, department, channel, campaign_name, team, vendor, kind, allocation_key,
        sales_step,
        amount as amount_native, currency
    from costs
    union all by name
    select
        'goal' as plan_kind, goal_id as plan_id, start_date, end_date,
        {{ version_column_names() | join(', ') }},
        source, account_id, goal_version, valid_from, goal_name, metric, scope_type, scope, owner, direction,
        target_kind, target_value, cadence, currency
    from goals
)

select
    {% for column in version_column_names() -%}
        lines.{{ column }},
    {% endfor -%}
    lines.plan_kind,
    lines.source,
    lines.account_id,
    lines.plan_id,
    lines.start_date,
    lines.end_date,
    lines.category,
    lines.department,
    lines.channel,
    lines.campaign_name,
    lines.team,
    lines.vendor,
    lines.kind,
    lines.allocation_key,
    lines.sales_step,
    lines.amount_native,
    lines.currency,
    {{ to_reporting_cents('lines.amount_native', 'fx.rate') }} as amount_reporting,
    case when lines.amount_native is not null then fx.rate end as fx_rate,
    lines.amount_native is not null and fx.rate is null as is_fx_missing,
    cast(lines.goal_version as bigint) as goal_version,
    lines.valid_from,
    lines.goal_name,
    lines.metric,
    lines.scope_type,
    lines.scope,
    lines.owner,
    lines.direction,
    lines.target_kind,
    lines.target_value,
    lines.cadence
from lines
{{ fx_join('lines.currency', 'lines.start_date') }}
