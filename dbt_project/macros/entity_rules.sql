{#-
Arguments of current_rows and row_outcomes for each raw entity outside the CRM: its key (the one of entities.yml; a test
compares them), its own day, and the rows left out for good with their reason (G13). One place, because staging and the
log of exclusions must agree. Without an entity: the names of all of them. (CRM records: macro crm_records.)
-#}
{% macro entity_rules(entity=none) -%}
    {#- A campaign, ad set or ad is identified by its id, since names change; by its name only where it has no id.
        The result type separates rows only where a row has nothing but results: an export that names it and
        one that does not are about the same spend. -#}
    {%- set ads_key = [
        'coalesce(campaign_id, campaign_name)', 'coalesce(adset_id, adset_name)', 'coalesce(ad_id, ad_name)',
        'breakdown', 'case when spend is null then result_type end'
    ] -%}
    {%- set web_key = [
        'channel_group', 'session_source', 'session_medium', 'campaign_name', 'landing_page', 'breakdown'
    ] -%}
    {%- set search_key = [
        'search_type', 'filters', 'query', 'page', 'country', 'device', 'search_appearance', 'breakdown'
    ] -%}
    {%- set no_day = {'no_day': 'date is null'} -%}
    {%- set no_period = {'no_period': 'period_start is null or period_end is null or period_end < period_start'} -%}
    {%- set period = ['period_start', 'period_end'] -%}
    {%- if entity in ['web_traffic', 'web_period'] -%}
        {%- for reason in ['bot', 'internal', 'test'] -%}
            {%- do (no_day if entity == 'web_traffic' else no_period).update({reason: is_internal_visit(reason)}) -%}
        {%- endfor -%}
    {%- endif -%}
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
        'search_performance': {'key': ['date'] + search_key, 'date_column': 'date', 'exclude': no_day},
        'search_period': {'key': period + search_key, 'date_column': period, 'exclude': no_period},
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

{#- Condition: a text of the web row marks it as a visit of machines or of our own people, for this reason. -#}
{% macro is_internal_visit(reason) -%}
    {%- set conditions = [] -%}
    {%- for column in web_internal_columns()['web_traffic'] -%}
        {%- do conditions.append(
            'coalesce(' ~ column ~ ' in (select written from ' ~ ref('stg_web_internal_text')
            ~ " where column_name = '" ~ column ~ "' and reason = '" ~ reason ~ "'), false)"
        ) -%}
    {%- endfor -%}
    {{- return('(' ~ conditions | join(' or ') ~ ')') -}}
{%- endmacro %}
