{{ config(tags=['dated']) }}
-- noqa: disable=LT02
-- CRM records whose rows may differ from those of the last complete build, closed over everything they belong together
-- with: what new batches name, and what a day that has come since then concerns (a change or a close dated ahead, a
-- subscription that is kept or ended). More records than needed do no harm. Empty before the first complete build, when
-- everything is built whole.
{% set moments = {
    'crm_leads': ['created_at', 'modified_at', 'converted_at'],
    'crm_contacts': ['created_at', 'modified_at'],
    'crm_opportunities': ['created_at', 'close_date'],
    'crm_lead_history': ['changed_at'],
    'crm_opportunity_history': ['changed_at'],
    'crm_subscriptions': [
        'started_on', 'started_on + ' ~ var('retained_after_days'), 'ended_on + ' ~ var('churn_grace_days')
    ],
} %}
with recursive last_build as (
    select * from {{ ref('stg_last_build') }}
),

new_batches as (
    select batch_id from {{ source('raw', '_batches') }}
    where is_new and exists (select 1 from last_build)
),

-- A day more on both sides: the zone decides to which day a moment belongs.
days as (
    select
        cast(as_of as timestamp) - interval 1 day as after_moment,
        cast({{ data_as_of() }} as timestamp) + interval 2 day as before_moment
    from last_build
    where as_of <> {{ data_as_of() }}
),

-- What a row of a new batch is about, in any of its versions.
named as (
    {% for entity, columns in crm_named_records().items() %}
        {% for column in columns %}
            select {{ conformed_id(column) }} as record_id
            from {{ source('raw', entity) }}
            where
                {% if column == 'record_id' %}
                _batch_id in (select batch_id from new_batches)
                {% else %}
                record_id in (
                    select record_id from {{ source('raw', entity) }}
                    where _batch_id in (select batch_id from new_batches)
                )
                {% endif %}
                {% for moment in moments.get(entity, []) %}
                or {{ moment }} > (select after_moment from days) and {{ moment }} < (select before_moment from days)
                {% endfor %}
            union all
        {% endfor %}
    {% endfor %}
    -- Whoever ordered, by any address that the order had.
    select 'email:' || email_hash
    from {{ source('raw', 'orders') }}
    where
        email_hash is not null
        and (
            record_id in (
                select record_id from {{ source('raw', 'orders') }}
                where _batch_id in (select batch_id from new_batches)
                union all
                select order_id from {{ source('raw', 'order_lines') }}
                where _batch_id in (select batch_id from new_batches)
                union all
                select order_id from {{ source('raw', 'refunds') }}
                where _batch_id in (select batch_id from new_batches)
            )
            {%- for moment in ['created_at', 'paid_at'] %}
            or {{ moment }} > (select after_moment from days) and {{ moment }} < (select before_moment from days)
            {%- endfor %}
        )
    union all
    select null
),

{% set links = ref('stg_crm_link') -%}
{% if is_on_spark() -%}
-- Everything is built whole there, and nobody asks.
reached as (
    select record_id from named
    where false
),
{%- else -%}
reached (record_id) as (
    select record_id from named
    where record_id is not null
    union
    select links.b
    from reached
    inner join {{ links }} as links on reached.record_id = links.a
),
{%- endif %}

final as (
    select record_id from reached
    where record_id not like 'email:%'
)

select * from final
