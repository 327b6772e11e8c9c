{#-
E-mail sends with channel, conformed campaign, the counts that rates are built on, and reporting amounts. `more` columns
of the relation are passed on.
-#}
{% macro conformed_sends(relation, more=[]) -%}
    with sends as (
        select * from {{ relation }}
    ),

    message_channels as (
        {{ match_channels(relation, 'message', 'source', 'message_channel') }}
    ),

    counted as (
        select
            *,
            -- Delivered = sent - bounced; without bounces the number sent stands in and is flagged (R065).
            coalesce(delivered, recipients - bounces, recipients) as delivered_count,
            delivered is null and bounces is null and recipients is not null as is_delivered_assumed,
            case
                when is_machine_opens_excluded then opens_unique
                when opens_machine is not null then greatest(opens_unique - opens_machine, 0)
            end as opens_human,
            case
                when not is_machine_opens_excluded then opens_unique
                when opens_machine is not null then opens_unique + opens_machine
            end as opens_all
        from sends
    ),

    final as (
        select
            counted.source,
            counted.account_id,
            counted.send_id,
            counted.campaign_name as send_name,
            coalesce(campaigns.campaign_id, '(none)') as campaign_id,
            coalesce(message_channels.channel, 'Email') as channel,
            counted.message_channel,
            counted.subject,
            counted.audience,
            counted.sent_at,
            counted.sent_on,
            counted.recipients,
            counted.delivered_count as delivered,
            counted.is_delivered_assumed,
            counted.bounces,
            counted.bounces_hard,
            counted.bounces_soft,
            counted.opens_unique as opens_reported,
            counted.opens_human,
            counted.opens_all,
            counted.opens_total,
            counted.opens_machine,
            -- Where machine opens cannot be separated, the vendor's count is the best there is; flagged.
            coalesce(counted.opens_human, counted.opens_unique) as opens_used,
            counted.opens_human is null and counted.opens_unique is not null as is_machine_share_unknown,
            counted.clicks_unique,
            counted.clicks_total,
            counted.clicks_scanner,
            counted.unsubscribes,
            counted.complaints,
            counted.forwards,
            counted.orders,
            counted.currency,
            counted.revenue as revenue_native,
            fx.rate as fx_rate,
            {{ to_reporting('counted.revenue', 'fx.rate') }} as revenue_reporting,
            counted.revenue is not null and fx.rate is null as is_fx_missing,
            counted.open_rate_reported as vendor_open_rate,
            counted.click_rate_reported as vendor_click_rate
            {%- for column in more %},
            counted.{{ column }}
            {%- endfor %}
        from counted
        left join message_channels
            on
                counted.source is not distinct from message_channels.rule_source
                and counted.message_channel is not distinct from message_channels.rule_value
        {{ campaign_join('email', 'counted.source', 'counted.send_id') }}
        {{ fx_join('counted.currency', 'counted.sent_on') }}
    )

    select * from final
{%- endmacro %}
