{{ config(materialized='incremental', incremental_strategy='append') }}
-- noqa: disable=LT02
-- Which CRM records belong together, as any export ever said: by a lookup (conversion, company, contact, merge), by
-- one e-mail address (its hash), or because one change was first said of the one and later of the other. Links are
-- kept when newer exports no longer say them, so that a change reaches both what a record belonged to and what it
-- belongs to now.
with new_batches as (
    select batch_id from {{ source('raw', '_batches') }}
    {% if is_incremental() %}
    where is_new
    {% endif %}
),

named_together as (
    {% for entity, pairs in crm_links().items() %}
        {% for a, b in pairs %}
            select {{ conformed_id(a) }} as a, {{ conformed_id(b) }} as b
            from {{ source('raw', entity) }}
            where {{ a }} is not null and {{ b }} is not null and _batch_id in (select batch_id from new_batches)
            union all
        {% endfor %}
    {% endfor %}
    select {{ conformed_id('record_id') }}, 'email:' || email_hash
    from {{ source('raw', 'crm_leads') }}
    where email_hash is not null and _batch_id in (select batch_id from new_batches)
    union all
    select {{ conformed_id('record_id') }}, 'email:' || email_hash
    from {{ source('raw', 'crm_contacts') }}
    where email_hash is not null and _batch_id in (select batch_id from new_batches)
),

-- A change that another export said of another record, or of none. Looked for by hashes first: there are many
-- changes, and nearly none of them moved.
moved as (
    select hash(source, record_id) as change
    from {{ source('raw', 'crm_lead_history') }}
    {% if is_incremental() %}
    where
        record_id in (
            select record_id from {{ source('raw', 'crm_lead_history') }}
            where _batch_id in (select batch_id from new_batches)
        )
    {% endif %}
    group by change
    having min(hash(coalesce(lead_id, ''))) <> max(hash(coalesce(lead_id, '')))
),

moved_changes as (
    select source, list(distinct coalesce(lead_id, '')) as lead_ids
    from {{ source('raw', 'crm_lead_history') }}
    where hash(source, record_id) in (select change from moved)
    group by source, record_id
),

one_way as (
    select a, b from named_together
    where a <> b
    union all
    select {{ conformed_id('lead_ids[1]') }}, {{ conformed_id('unnest(lead_ids[2:])') }} from moved_changes
),

both_ways as (
    select a, b from one_way
    union
    select b, a from one_way
),

final as (
    select a, b from both_ways
    {% if is_incremental() %}
    except
    select a, b from {{ this }}
    where a in (select a from both_ways)
    {% endif %}
)

select * from final
