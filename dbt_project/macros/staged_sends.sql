{#- Typed columns of an e-mail send. -#}
{% macro staged_sends() -%}
    source,
    account_id,
    campaign_id as send_id,
    nullif(trim(campaign_name), '') as campaign_name,
    subject,
    audience,
    coalesce(nullif(lower(trim(message_channel)), ''), 'email') as message_channel,
    sent_at,
    -- A local send time already is on the business day that the platform's user meant.
    case
        when coalesce(is_sent_at_utc, false) then {{ business_day('sent_at') }}
        else cast(sent_at as date)
    end as sent_on,
    recipients,
    delivered,
    coalesce(bounces, bounces_hard + bounces_soft, bounces_hard, bounces_soft) as bounces,
    bounces_hard,
    bounces_soft,
    opens_unique,
    opens_total,
    opens_machine,
    coalesce(is_machine_opens_excluded, false) as is_machine_opens_excluded,
    clicks_unique,
    clicks_total,
    -- Tools that count themselves do not say how many clicks they took for a machine's.
    cast(null as bigint) as clicks_scanner,
    unsubscribes,
    complaints,
    forwards,
    orders,
    revenue,
    upper(nullif(trim(currency), '')) as currency,
    open_rate_reported,
    click_rate_reported
{%- endmacro %}
