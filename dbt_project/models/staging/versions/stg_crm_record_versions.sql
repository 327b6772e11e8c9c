{{ config(materialized='ephemeral', tags=['dated']) }}
{#- Columns of each entity whose change makes a version: those that are passed on. -#}
{%- set columns = {
    'crm_accounts': ['account_name', 'account_type', 'segment', 'lead_source', 'owner_id', 'created_at'],
    'crm_contacts': ['crm_account_id', 'lifecycle_stage', 'lead_source', 'owner_id', 'created_at'],
    'crm_leads': [
        'status', 'lead_source', 'campaign_id', 'owner_id', 'is_converted', 'converted_at', 'converted_account_id',
        'created_at'
    ],
    'crm_opportunities': [
        'opportunity_name', 'crm_account_id', 'account_name', 'campaign_id', 'pipeline', 'stage', 'amount', 'currency',
        'probability', 'close_date', 'is_closed', 'is_won', 'opportunity_type', 'lead_source', 'owner_id',
        'loss_reason', 'created_at'
    ],
    'crm_subscriptions': [
        'crm_account_id', 'opportunity_id', 'plan_name', 'status', 'amount', 'currency', 'billing_period', 'quantity',
        'started_on', 'ended_on', 'is_trial', 'created_at'
    ]
} %}
{%- set lineage = ['_row_key', '_version', '_reported_from', '_reported_until', '_ended_by'] %}
with opportunity_versions as (
    {{ crm_record_versions('crm_opportunities', columns['crm_opportunities']) }}
),

opportunities as (
    {{ staged_opportunities('opportunity_versions', ['account_id as export_account_id'] + lineage) }}
),

currencies as (
    select * from {{ ref('currencies') }}
),

subscriptions as (
    select
        own.*,
        {{ crm_currency('own.currency') }} as amount_currency,
        {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as customer_id
    from ({{ crm_record_versions('crm_subscriptions', columns['crm_subscriptions']) }}) as own
    {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
),

contacts as (
    select own.*, {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as customer_id
    from ({{ crm_record_versions('crm_contacts', columns['crm_contacts']) }}) as own
    {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
),

leads as (
    select own.*, {{ survivor_id('own.converted_account_id', 'own.source', 'account_merge') }} as customer_id
    from ({{ crm_record_versions('crm_leads', columns['crm_leads']) }}) as own
    {{ survivor_join('crm_accounts', 'own.converted_account_id', 'own.source', 'account_merge') }}
),

unified as (
    select
        'crm_opportunities' as entity, opportunity_id as record_id, source, export_account_id,
        opportunity_name as record_name,
        coalesce(account_id, source || ':' || lower(trim(account_name))) as account_id,
        pipeline, source_stage, canonical_stage as stage, status, is_stage_unmapped, opportunity_type as record_type,
        amount_native, currency, is_currency_assumed, probability, lead_source, campaign_id, owner_id, loss_reason,
        close_date, created_at, {{ lineage | join(', ') }}
    from opportunities
    union all by name
    select
        'crm_accounts' as entity, {{ conformed_id('record_id') }} as record_id, source,
        account_id as export_account_id, account_name as record_name, {{ conformed_id('record_id') }} as account_id,
        account_type as record_type, segment, lead_source, {{ conformed_id('owner_id') }} as owner_id, created_at,
        {{ lineage | join(', ') }}
    from ({{ crm_record_versions('crm_accounts', columns['crm_accounts']) }}) as accounts
    union all by name
    select
        'crm_contacts' as entity, {{ conformed_id('record_id') }} as record_id, source,
        account_id as export_account_id, customer_id as account_id, lifecycle_stage as status, lead_source,
        {{ conformed_id('owner_id') }} as owner_id, created_at, {{ lineage | join(', ') }}
    from contacts
    union all by name
    select
        'crm_leads' as entity, {{ conformed_id('record_id') }} as record_id, source,
        account_id as export_account_id, customer_id as account_id, status, lead_source,
        {{ conformed_id('campaign_id') }} as campaign_id, {{ conformed_id('owner_id') }} as owner_id,
        coalesce(is_converted, converted_at is not null) as is_converted, converted_at, created_at,
        {{ lineage | join(', ') }}
    from leads
    union all by name
    select
        'crm_subscriptions' as entity, {{ conformed_id('record_id', 'subscriptions.source') }} as record_id,
        subscriptions.source, account_id as export_account_id, plan_name as record_name,
        customer_id as account_id, status, billing_period as record_type,
        {{ native_amount('amount', 'coalesce(currencies.exponent, 2)') }} as amount_native,
        amount_currency as currency, quantity, started_on, ended_on, coalesce(is_trial, false) as is_trial,
        created_at, {{ lineage | join(', ') }}
    from subscriptions
    left join currencies on subscriptions.amount_currency = currencies.currency
),

final as (
    select
        * exclude ({{ lineage | join(', ') }}, created_at, converted_at),
        {{ business_day('created_at') }} as created_on,
        {{ business_day('converted_at') }} as converted_on,
        {{ version_columns() }}
    from unified
)

select * from final
