{#- The additive measures of the channel KPI marts with their types, in the order of the columns. -#}
{% macro kpi_measures() -%}
    {{- return([
        ('spend_reporting', 'decimal(18, 6)'), ('impressions', 'bigint'), ('clicks', 'bigint'),
        ('conversions', 'decimal(18, 6)'), ('conversion_value_reporting', 'decimal(18, 6)'),
        ('purchases', 'decimal(18, 6)'), ('purchase_value_reporting', 'decimal(18, 6)'),
        ('ad_leads', 'decimal(18, 6)'),
        ('sent', 'bigint'), ('delivered', 'bigint'), ('bounces', 'bigint'), ('opens', 'bigint'),
        ('opens_human', 'bigint'), ('opens_all', 'bigint'), ('opens_reported', 'bigint'), ('opens_total', 'bigint'),
        ('openers_adjusted', 'bigint'), ('email_clicks_unique', 'bigint'), ('email_clicks_total', 'bigint'),
        ('unsubscribes', 'bigint'), ('complaints', 'bigint'), ('email_orders', 'bigint'),
        ('email_revenue_reporting', 'decimal(18, 6)'),
        ('social_impressions_organic', 'bigint'), ('social_impressions_paid', 'bigint'),
        ('social_impressions_unsplit', 'bigint'),
        ('social_clicks_organic', 'bigint'), ('social_clicks_paid', 'bigint'), ('social_clicks_unsplit', 'bigint'),
        ('social_conversions_organic', 'decimal(18, 6)'), ('social_conversions_paid', 'decimal(18, 6)'),
        ('social_conversions_unsplit', 'decimal(18, 6)'),
        ('sessions', 'bigint'), ('engaged_sessions', 'bigint'), ('page_views', 'bigint'),
        ('key_events', 'decimal(18, 6)'), ('web_revenue_reporting', 'decimal(18, 6)'),
        ('leads', 'bigint'), ('new_customers', 'bigint'), ('new_customers_with_lead', 'bigint')
    ]) -}}
{%- endmacro %}
