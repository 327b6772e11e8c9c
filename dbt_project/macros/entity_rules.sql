{#-
Arguments of current_rows and row_outcomes for each raw entity: its key (the one of entities.yml; a test compares them),
its own day, and the rows left out for good with their reason (G13). One place, because staging and the log of
exclusions must agree.
-#}
{% macro entity_rules(entity) -%}
    {%- set ads_key = [
        'campaign_id', 'campaign_name', 'adset_id', 'adset_name', 'ad_id', 'ad_name', 'breakdown', 'result_type'
    ] -%}
    {%- set web_key = [
        'channel_group', 'session_source', 'session_medium', 'campaign_name', 'landing_page', 'breakdown'
    ] -%}
    {%- set no_day = {'no_day': 'date is null'} -%}
    {%- set no_period = {'no_period': 'period_start is null or period_end is null or period_end < period_start'} -%}
    {%- set deleted = {'deleted': 'coalesce(is_deleted, false)'} -%}
    {%- set merged = {'deleted': 'coalesce(is_deleted, false)', 'merged': "coalesce(merged_into_id, '') <> ''"} -%}
    {%- set period = ['period_start', 'period_end'] -%}
    {%- set rules = {
        'email_campaigns': {'key': ['campaign_id']},
        'email_events': {'key': ['event_id']},
        'ads_performance': {'key': ['level', 'date'] + ads_key, 'date_column': 'date', 'exclude': no_day},
        'ads_period': {'key': ['level'] + period + ads_key, 'date_column': period, 'exclude': no_period},
        'ad_leads': {'key': ['lead_id']},
        'social_posts': {'key': ['platform', 'post_id']},
        'social_daily': {
            'key': ['platform', 'page_id', 'metric', 'scope', 'date'], 'date_column': 'date', 'exclude': no_day
        },
        'social_period': {
            'key': ['platform', 'page_id', 'metric', 'scope'] + period, 'date_column': period, 'exclude': no_period
        },
        'web_traffic': {'key': ['date'] + web_key, 'date_column': 'date', 'exclude': no_day},
        'web_period': {'key': period + web_key, 'date_column': period, 'exclude': no_period},
        'crm_accounts': {'key': ['record_id'], 'exclude': merged},
        'crm_contacts': {'key': ['record_id'], 'exclude': merged},
        'crm_leads': {'key': ['record_id'], 'exclude': merged},
        'crm_lead_history': {'key': ['record_id'], 'exclude': deleted},
        'crm_opportunities': {'key': ['record_id'], 'exclude': merged},
        'crm_opportunity_history': {'key': ['record_id'], 'exclude': deleted},
        'crm_opportunity_lines': {'key': ['record_id'], 'exclude': deleted},
        'crm_products': {'key': ['record_id'], 'exclude': deleted},
        'crm_campaigns': {'key': ['record_id'], 'exclude': deleted},
        'crm_campaign_members': {'key': ['record_id'], 'exclude': deleted},
        'crm_contact_roles': {'key': ['record_id'], 'exclude': deleted},
        'crm_activities': {'key': ['record_id'], 'exclude': deleted},
        'crm_calls': {'key': ['record_id']},
        'crm_users': {'key': ['record_id']},
        'crm_user_roles': {'key': ['record_id']},
        'crm_subscriptions': {'key': ['record_id'], 'exclude': deleted},
        'marketing_costs': {'key': ['cost_id']},
        'goals': {'key': ['goal_id', 'goal_version']},
        'benchmarks': {'key': ['metric', 'segment', 'benchmark_source', 'published_on']},
        'fx_rates': {'key': ['rate_date', 'from_currency', 'to_currency'], 'date_column': 'rate_date'},
    } -%}
    {%- if entity is none -%}
        {{- return(rules.keys() | list) -}}
    {%- elif entity not in rules -%}
        {{- exceptions.raise_compiler_error("macros/entity_rules.sql knows no entity " ~ entity) -}}
    {%- endif -%}
    {{- return(rules[entity]) -}}
{%- endmacro %}
