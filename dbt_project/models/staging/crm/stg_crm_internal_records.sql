-- CRM records that are tests or internal (G13): a rule of seed internal_records matches what the newest export says of
-- them, or they belong to such a record. Compared are the words alone: lower case, no digits, no punctuation.
{%- set compared = [] %}
{%- for entity, columns in crm_internal_columns().items() %}
    {%- for column in columns %}
        {%- do compared.append((entity, column)) %}
    {%- endfor %}
{%- endfor %}
{%- set persons = {'lead_id': 'crm_leads', 'contact_id': 'crm_contacts'} %}
with said as (
    {% for entity, column in compared %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            '{{ column }}' as column_name,
            trim(regexp_replace(lower({{ column }}), '[^\p{L}]+', ' ', 'g')) as words
        from {{ source('raw', entity) }}
        qualify {{ crm_is_newest() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A record merged away counts as its survivor, whatever it was called itself.
matched as (
    select
        said.entity,
        said.record_key,
        min(rules.reason) as reason
    from said
    inner join {{ ref('internal_records') }} as rules
        on said.entity = rules.entity and said.column_name = rules.column_name and said.words like rules.words
    left join {{ ref('stg_crm_merges') }} as merged_away
        on said.entity = merged_away.entity and said.record_key = merged_away.merged_id
    where merged_away.merged_id is null
    group by said.entity, said.record_key
),

customers as (
    {% for entity, column in crm_internal_lookups().items() %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            {{ conformed_id(column) }} as account_key
        from {{ source('raw', entity) }}
        qualify {{ crm_is_newest() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

with_customers as (
    select * from matched
    union all
    select customers.entity, customers.record_key, matched.reason
    from customers
    left join {{ ref('stg_crm_merges') }} as merged_away
        on customers.account_key = merged_away.merged_id and merged_away.entity = 'crm_accounts'
    inner join matched
        on coalesce(merged_away.survivor_id, customers.account_key) = matched.record_key
    where matched.entity = 'crm_accounts'
),

members as (
    {% for column, entity in persons.items() %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            {{ conformed_id(column) }} as person_key
        from {{ source('raw', 'crm_campaign_members') }}
        qualify {{ crm_is_newest() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

with_members as (
    select * from with_customers
    union all
    select 'crm_campaign_members', members.record_key, with_customers.reason
    from members
    left join {{ ref('stg_crm_merges') }} as merged_away
        on members.entity = merged_away.entity and members.person_key = merged_away.merged_id
    inner join with_customers
        on
            members.entity = with_customers.entity
            and coalesce(merged_away.survivor_id, members.person_key) = with_customers.record_key
),

final as (
    select
        entity,
        record_key,
        min(reason) as reason
    from with_members
    group by entity, record_key
)

select * from final
