{#- Metrics of social_daily and social_period as columns; NULL where the platform does not give one. -#}
{% macro social_metric(metrics, scope) -%}
    {%- set names = "'" ~ metrics | join("', '") ~ "'" -%}
    {%- if scope == 'organic' -%}
        {#- Organic = total - paid where only these two are given. -#}
        coalesce(
            sum(metric_value) filter (where metric in ({{ names }}) and metric_scope = 'organic'),
            sum(metric_value) filter (where metric in ({{ names }}) and metric_scope = 'total')
            - sum(metric_value) filter (where metric in ({{ names }}) and metric_scope = 'paid')
        )
    {%- elif scope == 'unsplit' -%}
        case
            when count(*) filter (where metric in ({{ names }}) and metric_scope in ('organic', 'paid')) = 0
                then sum(metric_value) filter (where metric in ({{ names }}) and metric_scope = 'total')
        end
    {%- else -%}
        sum(metric_value) filter (where metric in ({{ names }}) and metric_scope = '{{ scope }}')
    {%- endif -%}
{%- endmacro %}

{#- Columns of one page over one day or period; `grain` lists the day or period columns. -#}
{% macro social_page(relation, grain) -%}
    with metrics as (
        select * from {{ relation }}
    ),

    social_channels as (
        {{ match_channels(relation, 'social', 'source', 'platform') }}
    ),

    pages as (
        select
            {{ grain | join(', ') }},
            source,
            account_id,
            platform,
            page_id,
            cast({{ social_metric(['impressions', 'views'], 'organic') }} as bigint) as impressions_organic,
            cast({{ social_metric(['impressions', 'views'], 'paid') }} as bigint) as impressions_paid,
            cast({{ social_metric(['impressions', 'views'], 'unsplit') }} as bigint) as impressions_unsplit,
            count(*) filter (where metric = 'views') > 0 as is_views,
            cast({{ social_metric(['clicks', 'link_clicks'], 'organic') }} as bigint) as clicks_organic,
            cast({{ social_metric(['clicks', 'link_clicks'], 'paid') }} as bigint) as clicks_paid,
            cast({{ social_metric(['clicks', 'link_clicks'], 'unsplit') }} as bigint) as clicks_unsplit,
            cast({{ social_metric(['conversions'], 'organic') }} as decimal(18, 6)) as conversions_organic,
            cast({{ social_metric(['conversions'], 'paid') }} as decimal(18, 6)) as conversions_paid,
            cast({{ social_metric(['conversions'], 'unsplit') }} as decimal(18, 6)) as conversions_unsplit
        from metrics
        group by {{ grain | join(', ') }}, source, account_id, platform, page_id
    )

    select
        pages.*,
        coalesce(social_channels.channel, 'Organic Social') as channel
    from pages
    left join social_channels
        on pages.source is not distinct from social_channels.rule_source
        and pages.platform is not distinct from social_channels.rule_value
{%- endmacro %}
