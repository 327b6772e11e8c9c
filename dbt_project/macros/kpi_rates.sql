{#- Rates of the channel KPI marts: name, numerator, denominator, factor. Roll-ups divide sums, never average (G1). -#}
{% macro kpi_rate_parts() -%}
    {{- return([
        ('cpc', 'spend_reporting', 'clicks', 1), ('cpm', 'spend_reporting', 'impressions', 1000),
        ('ctr', 'clicks', 'impressions', 1), ('cost_per_conversion', 'spend_reporting', 'conversions', 1),
        ('conversion_rate', 'conversions', 'clicks', 1), ('cpa_platform', 'spend_reporting', 'purchases', 1),
        ('cpa_crm', 'spend_reporting', 'new_customers', 1), ('cost_per_lead', 'spend_reporting', 'leads', 1),
        ('delivery_rate', 'delivered', 'sent', 1), ('bounce_rate', 'bounces', 'sent', 1),
        ('open_rate', 'opens', 'delivered', 1), ('open_rate_human', 'opens_human', 'delivered', 1),
        ('open_rate_all', 'opens_all', 'delivered', 1), ('open_rate_reported', 'opens_reported', 'delivered', 1),
        ('click_rate', 'email_clicks_unique', 'delivered', 1),
        ('click_rate_total', 'email_clicks_total', 'delivered', 1),
        ('ctor', 'email_clicks_unique', 'opens', 1), ('ctor_adjusted', 'email_clicks_unique', 'openers_adjusted', 1),
        ('unsubscribe_rate', 'unsubscribes', 'delivered', 1), ('complaint_rate', 'complaints', 'delivered', 1),
        ('social_click_rate', 'social_clicks_organic', 'social_impressions_organic', 1),
        ('social_conversion_rate', 'social_conversions_organic', 'social_clicks_organic', 1),
        ('engagement_rate', 'engaged_sessions', 'sessions', 1), ('key_event_rate', 'key_events', 'sessions', 1)
    ]) -}}
{%- endmacro %}

{#- Every rate as a column, then a flag per denominator that says it is below var min_n (G15). -#}
{% macro kpi_rates() -%}
    {%- for name, numerator, denominator, factor in kpi_rate_parts() %}
        {{ factor ~ ' * ' if factor != 1 }}{{ safe_divide(numerator, denominator) }} as {{ name }},
    {%- endfor %}
    {%- for denominator in kpi_rate_parts() | map(attribute=2) | unique %}
        {{ denominator }} < {{ var('min_n') }} as is_low_n_{{ denominator }},
    {%- endfor %}
{%- endmacro %}
