-- Each value that exports write into columns whose words mean something to the warehouse, with how many records or rows
-- have it and where it came first.
{%- set columns = [
    ('country', 'crm_accounts', 'billing_country'),
    ('country', 'crm_accounts', 'shipping_country'),
    ('country', 'crm_leads', 'country'),
    ('country', 'crm_contacts', 'country'),
    ('lead status', 'crm_leads', 'status'),
    ('lifecycle stage', 'crm_contacts', 'lifecycle_stage'),
    ('deal stage', 'crm_opportunities', 'stage'),
    ('lead source', 'crm_leads', 'lead_source'),
    ('lead source', 'crm_contacts', 'lead_source'),
    ('email event', 'email_events', 'event_type')
] %}
with
cells as (
    {% for field, entity, column in columns -%}
        select
            '{{ field }}' as field,
            source,
            trim({{ column }}) as value,
            {{ 'event_id' if entity == 'email_events' else 'record_id' }} as record_id,
            _exported_at,
            _batch_id
        from {{ source('raw', entity) }}
        where nullif(trim({{ column }}), '') is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        field,
        source,
        value,
        count(distinct record_id) as row_count,
        min(_exported_at) as first_seen_at,
        min_by(_batch_id, (_exported_at, _batch_id)) as first_batch_id
    from cells
    group by field, source, value
)

select * from final
