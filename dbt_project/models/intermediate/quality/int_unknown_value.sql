{{ config(materialized='ephemeral') }}
-- Words in the exports that no rule knows: countries, stages, lead sources, products and events of mails, with where
-- they came first.
with named as (
    select * from {{ ref('stg_named_values') }}
),

lead_sources as (
    {{ match_channels('named', 'lead_source', 'source', 'value') }}
),

stages as (
    select distinct
        case entity when 'lead' then 'lead status' when 'contact' then 'lifecycle stage' else 'deal stage' end as field,
        source,
        source_stage
    from {{ ref('pipeline_stages') }}
),

unknown_words as (
    select named.*
    from named
    left join {{ ref('countries') }} as countries
        on named.field = 'country' and {{ country_key('named.value') }} = countries.country_label
    left join lead_sources
        on
            named.field = 'lead source'
            and named.source is not distinct from lead_sources.rule_source
            and named.value = lead_sources.rule_value
    left join stages
        on
            named.field = stages.field
            and lower(named.value) = stages.source_stage
            and stages.source in (named.source, '*')
    where
        (named.field = 'country' and countries.country_label is null)
        or (named.field = 'lead source' and coalesce(lead_sources.channel, 'Unknown') = 'Unknown')
        or (
            named.field = 'email event'
            and named.value not in (
                'sent', 'delivered', 'open', 'click', 'bounce', 'hard_bounce', 'soft_bounce', 'deferred', 'dropped',
                'unsubscribe', 'complaint', 'subscribe', 'confirm', 'clean'
            )
        )
        or (named.field in ('lead status', 'lifecycle stage', 'deal stage') and stages.source_stage is null)
),

everything as (
    select
        words.field,
        words.source,
        words.value,
        words.row_count,
        cast(null as decimal(18, 2)) as amount_reporting,
        cast(null as varchar) as nearest_value,
        {{ business_day('words.first_seen_at') }} as first_seen_on,
        batches.file_name
    from unknown_words as words
    left join {{ ref('stg_batches') }} as batches on words.first_batch_id = batches.batch_id
    union all
    select 'product', source, value, row_count, amount_reporting, nearest_name, null, null
    from {{ ref('int_unmatched_product') }}
)

select * from everything
