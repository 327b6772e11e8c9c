-- Lifetime counters turned into days. What was gained between two readings is dated on the day of the later one. The
-- first reading is dated on the day of publishing: most of a post's life passes in its first days, and a first export
-- of old posts would otherwise pile years of impressions onto the day of the export. It is flagged, with its reading
-- day.
{%- set counters = [
    'impressions', 'link_clicks', 'clicks', 'reactions', 'comments', 'shares', 'saves', 'follows', 'engagements',
    'video_views', 'conversions'
] %}
{%- set gains = {} %}
{%- for counter in counters %}
    {%- do gains.update({counter: counter_increment(counter)}) %}
{%- endfor %}
{%- do gains.update({'conversions': 'cast(' ~ gains['conversions'] ~ ' as decimal(18, 6))'}) %}
with snapshots as (
    select * from {{ ref('stg_social_post_snapshots') }}
),

social_channels as (
    {{ match_channels(ref('stg_social_post_snapshots'), 'social', 'source', 'platform') }}
),

differences as (
    select
        source,
        account_id,
        platform,
        post_id,
        snapshot_on,
        {{ business_day('published_at') }} as published_on,
        campaign_name,
        is_views,
        is_views <> lag(is_views, 1, is_views) over posts as is_definition_changed,
        row_number() over posts = 1 as is_first_reading,
        lag(snapshot_on) over posts as previous_reading_on,
    {% for counter in counters -%}
        {{ gains[counter] }} as {{ counter }}{{ ',' if not loop.last }}
    {% endfor %}
    from snapshots
    window posts as (partition by source, account_id, platform, post_id order by snapshot_on)
),

final as (
    select
        -- A reading taken in another zone may seem to precede publishing; nothing is earned before it.
        case
            when differences.is_first_reading then coalesce(differences.published_on, differences.snapshot_on)
            else greatest(differences.snapshot_on, coalesce(differences.published_on, differences.snapshot_on))
        end as date_day,
        differences.*,
        coalesce(
            least(
                {% for counter in counters -%}
                    differences.{{ counter }}{{ ',' if not loop.last }}
                {% endfor %}
            ) < 0,
            false
        ) as is_counter_reset,
        coalesce(social_channels.channel, 'Organic Social') as channel,
        coalesce(campaigns.campaign_id, '(none)') as campaign_id
    from differences
    left join social_channels
        on
            differences.source is not distinct from social_channels.rule_source
            and differences.platform is not distinct from social_channels.rule_value
    {{ campaign_join('social', 'differences.source', normalised_campaign('differences.campaign_name')) }}
)

select * from final
