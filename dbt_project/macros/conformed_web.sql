{#-
Web rows (per day or per period) with channel, conformed campaign and reporting revenue. The tool's own channel group
decides the channel; without one, source and medium do.
-#}
{% macro conformed_web(relation, rate_day) -%}
    with web as (
        select
            *,
            -- What a report was not cut by is unknown, which is not the same as "(not set)".
            case
                when coalesce(session_source, session_medium) is not null
                    then concat_ws(
                        ' / ', coalesce(session_source, '(unknown)'), coalesce(session_medium, '(unknown)'),
                        coalesce(campaign_name, '(unknown)')
                    )
            end as source_medium
        from {{ relation }}
    ),

    group_channels as (
        {{ match_channels('web', 'web_group', 'source', 'channel_group') }}
    ),

    medium_channels as (
        {{ match_channels('web', 'web_source_medium', 'source', 'source_medium') }}
    )

    select
        web.*,
        coalesce(campaigns.campaign_id, '(none)') as campaign_id,
        case
            when web.channel_group is null and web.source_medium is null then 'Unknown'
            else coalesce(
                group_channels.channel,
                case when web.source_medium is not null then medium_channels.channel end,
                'Unassigned'
            )
        end as channel,
        fx.rate as fx_rate,
        {{ to_reporting('web.revenue', 'fx.rate') }} as revenue_reporting,
        web.revenue is not null and fx.rate is null as is_fx_missing
    from web
    left join group_channels
        on web.source is not distinct from group_channels.rule_source
        and web.channel_group = group_channels.rule_value
    left join medium_channels
        on web.source is not distinct from medium_channels.rule_source
        and web.source_medium = medium_channels.rule_value
    {{ campaign_join('web', 'web.source', normalised_campaign('web.campaign_name')) }}
    {{ fx_join('web.currency', rate_day) }}
{%- endmacro %}
