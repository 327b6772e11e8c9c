-- noqa: disable=LT02,LT14
-- (The linter misplaces what loops over tables write.)
{%- set tables = [
    'fct_ad_performance_version', 'fct_web_traffic_version', 'fct_email_campaign_version', 'fct_social_page_version',
    'fct_crm_record_version', 'fct_plan_version'
] %}
-- A version that is empty, or that begins before the one before it has ended.
with versions as (
    {% for table in tables %}
    select '{{ table }}' as relation, row_key, reported_from, reported_until from {{ ref(table) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select *
from versions
qualify
    coalesce(reported_from >= reported_until, false)
    or coalesce(
        reported_from < lag(coalesce(reported_until, timestamp '9999-12-31')) over (
            partition by relation, row_key order by reported_from
        ),
        false
    )
