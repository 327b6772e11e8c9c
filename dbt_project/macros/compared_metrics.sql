{#-
What mart_period_comparison compares: a list of metrics, each with

metric       as in dim_metric
unit         count, money, rate (a fraction: its change is in points), ratio or days
origin       channel (sums of mart_channel_kpi_daily and mart_channel_kpi_period), day (mart_metric_daily) or return
             (int_ad_return_day)
numerator    column of the channel marts, or metric of the daily tables
denominator  column of the channel marts; of others true for a ratio
factor       the quotient is given times so many
chance       how it scatters by chance alone: cases (a sum of cases that come one by one), decided (we decide it, chance does
             not), share (of cases, those that went well), mean (of cases), price (what we spent per case that came),
             return (what cases brought per amount we spent), level (what is there at the end) or unknown
known_with   metrics of one word begin to be known together: with the first case of any of them
-#}
{% macro compared_metrics() -%}
    {%- set metrics = [] -%}
    {%- for metric, unit, numerator, denominator, factor, chance in [
        ('spend', 'money', 'spend_reporting', none, 1, 'decided'),
        ('impressions', 'count', 'impressions', none, 1, 'cases'),
        ('clicks', 'count', 'clicks', none, 1, 'cases'),
        ('conversions', 'count', 'conversions', none, 1, 'cases'),
        ('ctr', 'rate', 'clicks', 'impressions', 1, 'share'),
        ('cpc', 'money', 'spend_reporting', 'clicks', 1, 'price'),
        ('cpm', 'money', 'spend_reporting', 'impressions', 1000, 'price'),
        ('conversion_rate', 'rate', 'conversions', 'clicks', 1, 'share'),
        ('cpa', 'money', 'spend_reporting', 'conversions', 1, 'price'),
        ('cost_per_lead', 'money', 'spend_reporting', 'leads', 1, 'price'),
        ('cost_per_customer', 'money', 'spend_reporting', 'new_customers', 1, 'price'),
        ('sessions', 'count', 'sessions', none, 1, 'cases'),
        ('engagement_rate', 'rate', 'engaged_sessions', 'sessions', 1, 'share'),
        ('sent', 'count', 'sent', none, 1, 'decided'),
        ('delivered', 'count', 'delivered', none, 1, 'decided'),
        ('bounce_rate', 'rate', 'bounces', 'sent', 1, 'share'),
        ('open_rate', 'rate', 'opens', 'delivered', 1, 'share'),
        ('click_rate', 'rate', 'email_clicks_unique', 'delivered', 1, 'share'),
        ('ctor', 'rate', 'email_clicks_unique', 'opens', 1, 'share'),
        ('unsubscribe_rate', 'rate', 'unsubscribes', 'delivered', 1, 'share'),
        ('complaint_rate', 'rate', 'complaints', 'delivered', 1, 'share'),
        ('revenue_per_recipient', 'money', 'email_revenue_reporting', 'delivered', 1, 'unknown')
    ] -%}
        {%- do metrics.append({
            'metric': metric, 'unit': unit, 'origin': 'channel', 'numerator': numerator, 'denominator': denominator, 'factor': factor,
            'chance': chance, 'known_with': metric
        }) -%}
    {%- endfor -%}
    {%- for metric, unit, numerator, is_ratio, chance, known_with in [
        ('leads', 'count', 'leads', none, 'cases', 'leads'),
        ('mqls', 'count', 'mqls', none, 'cases', 'leads'),
        ('sals', 'count', 'sals', none, 'cases', 'leads'),
        ('inquiries', 'count', 'inquiries', none, 'cases', 'inquiries'),
        ('opportunities', 'count', 'opportunities', none, 'cases', 'deals'),
        ('won_deals', 'count', 'won_deals', none, 'cases', 'deals'),
        ('win_rate', 'rate', 'win_rate', true, 'share', 'deals'),
        ('cycle_time', 'days', 'cycle_time', true, 'mean', 'deals'),
        ('revenue', 'money', 'revenue', none, 'cases', 'sales'),
        ('new_customers', 'count', 'new_accounts', none, 'cases', 'sales'),
        ('average_ticket', 'money', 'average_ticket', true, 'mean', 'sales'),
        ('cac', 'money', 'cac', true, 'price', 'sales'),
        ('gross_margin_rate', 'rate', 'gross_margin_rate', true, 'unknown', 'gross_margin_rate'),
        ('mrr', 'money', 'mrr', none, 'level', 'subscriptions'),
        ('subscribers', 'count', 'subscribers', none, 'level', 'subscriptions')
    ] -%}
        {%- do metrics.append({
            'metric': metric, 'unit': unit, 'origin': 'day', 'numerator': numerator, 'denominator': is_ratio, 'factor': 1,
            'chance': chance, 'known_with': known_with
        }) -%}
    {%- endfor -%}
    {%- for metric in ['roas', 'roas_blended'] -%}
        {%- do metrics.append({
            'metric': metric, 'unit': 'ratio', 'origin': 'return', 'numerator': metric, 'denominator': true, 'factor': 1,
            'chance': 'return', 'known_with': 'sales'
        }) -%}
    {%- endfor -%}
    {{- return(metrics) -}}
{%- endmacro %}
