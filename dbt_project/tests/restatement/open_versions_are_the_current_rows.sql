-- noqa: disable=LT02,LT14
-- (The linter misplaces what loops over tables write.)
{%- set pairs = {
    'fct_ad_performance': 'fct_ad_performance_version',
    'fct_web_traffic': 'fct_web_traffic_version',
    'fct_email_campaign': 'fct_email_campaign_version',
} -%}
{%- set records = {
    'stg_crm_accounts': 'account_id', 'stg_crm_contacts': 'contact_id', 'stg_crm_leads': 'lead_id',
    'stg_crm_opportunities': 'opportunity_id', 'stg_crm_subscriptions': 'subscription_id'
} -%}
{%- set plans = {
    'stg_marketing_costs': ('marketing_cost', 'cost_id', 'amount'),
    'stg_goals': ('goal', 'goal_id', 'target_value')
} -%}
{%- set email = ['is_first_reading', 'is_counter_reset'] + [
    'delivered_gained', 'opens_gained', 'clicks_gained', 'unsubscribes_gained', 'complaints_gained', 'orders_gained',
    'revenue_native_gained'
] %}
-- Two ways to the same rows: what restatement leaves at the end, and what stands open in the versions. A row here is in
-- one and not in the other.
{%- for fact, versions in pairs.items() %}
{%- set more = version_column_names() + (email if fact == 'fct_email_campaign' else []) %}
(
    select '{{ fact }}' as relation, cast(to_json(missing) as varchar) as missing_row
    from (
        select * from {{ ref(fact) }}
        {%- if fact == 'fct_email_campaign' %}
        -- Counters alone have versions: what is counted from the events of recipients is what they say today.
        where send_id not in (select send_id from {{ ref('int_event_send') }})
        {%- endif %}
        except all
        select * exclude ({{ more | join(', ') }}) from {{ ref(versions) }} where reported_until is null
    ) as missing
)
union all
(
    select '{{ versions }}' as relation, cast(to_json(missing) as varchar) as missing_row
    from (
        select * exclude ({{ more | join(', ') }}) from {{ ref(versions) }} where reported_until is null
        except all
        select * from {{ ref(fact) }}
    ) as missing
)
union all
{%- endfor %}
{%- for staged, key in records.items() %}
(
    select '{{ staged }}' as relation, cast(coalesce(staged.{{ key }}, versions.record_id) as varchar) as missing_row
    from {{ ref(staged) }} as staged
    full outer join (
        select * from {{ ref('fct_crm_record_version') }}
        where entity = '{{ staged | replace('stg_', '') }}' and reported_until is null
    ) as versions
        on staged.{{ key }} = versions.record_id
    where
        staged.{{ key }} is null
        or versions.record_id is null
        {%- if key == 'opportunity_id' %}
        or staged.amount_native is distinct from versions.amount_native
        or staged.canonical_stage is distinct from versions.stage
        {%- endif %}
)
union all
{%- endfor %}
{%- for staged, (kind, key, measure) in plans.items() %}
(
    select '{{ staged }}' as relation, cast({{ key }} as varchar) as missing_row
    from (
        (select {{ key }}, {{ measure }} from {{ ref(staged) }}
        except all
        select plan_id, {{ 'amount_native' if kind == 'marketing_cost' else measure }}
        from {{ ref('fct_plan_version') }} where plan_kind = '{{ kind }}' and reported_until is null)
        union all
        (select plan_id, {{ 'amount_native' if kind == 'marketing_cost' else measure }}
        from {{ ref('fct_plan_version') }} where plan_kind = '{{ kind }}' and reported_until is null
        except all
        select {{ key }}, {{ measure }} from {{ ref(staged) }})
    ) as missing
)
union all
{%- endfor %}
(
    select 'stg_social_daily' as relation, cast(to_json(missing) as varchar) as missing_row
    from (
        select date_day, source, account_id, platform, page_id, metric, metric_scope, metric_value
        from {{ ref('stg_social_daily') }}
        except all
        select date_day, source, account_id, platform, page_id, metric, metric_scope, metric_value
        from {{ ref('fct_social_page_version') }} where reported_until is null
    ) as missing
)
