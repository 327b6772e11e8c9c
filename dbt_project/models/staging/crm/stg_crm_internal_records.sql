-- CRM records that are tests or internal (G13): a rule of seed internal_records matches what the newest export says of
-- them, or they belong to such a record. Compared are the words alone: lower case, no digits, no punctuation.
{%- set compared = [] %}
{%- for entity, columns in crm_internal_columns().items() %}
    {%- for column in columns %}
        {%- do compared.append((entity, column)) %}
    {%- endfor %}
{%- endfor %}
{%- set persons = {'lead_id': 'crm_leads', 'contact_id': 'crm_contacts'} %}
-- Records of which a rule ever matched a text. Each text is compared once, however many records have it.
with texts as (
    {% for entity, column in compared %}
        select distinct '{{ entity }}' as entity, '{{ column }}' as column_name, {{ column }} as written
        from {{ source('raw', entity) }}
        where {{ column }} is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

matched_texts as (
    select texts.entity, texts.column_name, texts.written, rules.reason
    from texts
    inner join {{ ref('internal_records') }} as rules
        on
            texts.entity = rules.entity
            and texts.column_name = rules.column_name
            and trim(regexp_replace(lower(texts.written), '[^\p{L}]+', ' ', 'g')) like rules.words
),

-- What the newest export says of these records.
said as (
    {% for entity, column in compared %}
        {% set matched %}
            select written from matched_texts
            where entity = '{{ entity }}' and column_name = '{{ column }}'
        {% endset %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            '{{ column }}' as column_name,
            {{ column }} as written
        from {{ source('raw', entity) }}
        where
            (source, record_id) in (
                select (source, record_id) from {{ source('raw', entity) }}
                where {{ column }} in ({{ matched }})
            )
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
    inner join matched_texts as rules
        on
            said.entity = rules.entity
            and said.column_name = rules.column_name
            and said.written = rules.written
    left join {{ ref('stg_crm_merges') }} as merged_away
        on said.entity = merged_away.entity and said.record_key = merged_away.merged_id
    where merged_away.merged_id is null
    group by said.entity, said.record_key
),

-- Companies that are internal, also under the names of those merged into them.
internal_accounts as (
    select record_key as account_key, reason from matched
    where entity = 'crm_accounts'
    union all
    select merged_away.merged_id, matched.reason
    from {{ ref('stg_crm_merges') }} as merged_away
    inner join matched on merged_away.survivor_id = matched.record_key
    where merged_away.entity = 'crm_accounts' and matched.entity = 'crm_accounts'
),

customers as (
    {% for entity, column in crm_internal_lookups().items() %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            {{ conformed_id(column) }} as account_key
        from {{ source('raw', entity) }}
        where
            (source, record_id) in (
                select (source, record_id) from {{ source('raw', entity) }}
                where {{ conformed_id(column) }} in (select account_key from internal_accounts)
            )
        qualify {{ crm_is_newest() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

with_customers as (
    select * from matched
    union all
    select customers.entity, customers.record_key, internal_accounts.reason
    from customers
    inner join internal_accounts on customers.account_key = internal_accounts.account_key
),

internal_persons as (
    select entity, record_key as person_key, reason from with_customers
    union all
    select with_customers.entity, merged_away.merged_id, with_customers.reason
    from {{ ref('stg_crm_merges') }} as merged_away
    inner join with_customers
        on merged_away.entity = with_customers.entity and merged_away.survivor_id = with_customers.record_key
),

members as (
    {% for column, entity in persons.items() %}
        select
            '{{ entity }}' as entity,
            {{ conformed_id('record_id') }} as record_key,
            {{ conformed_id(column) }} as person_key
        from {{ source('raw', 'crm_campaign_members') }}
        where
            (source, record_id) in (
                select (source, record_id) from {{ source('raw', 'crm_campaign_members') }}
                where {{ conformed_id(column) }} in (select person_key from internal_persons)
            )
        qualify {{ crm_is_newest() }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

with_members as (
    select * from with_customers
    union all
    select 'crm_campaign_members', members.record_key, internal_persons.reason
    from members
    inner join internal_persons
        on members.entity = internal_persons.entity and members.person_key = internal_persons.person_key
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
