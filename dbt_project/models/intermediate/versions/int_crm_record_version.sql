{{ config(materialized='ephemeral') }}
-- Versions of CRM records with the days and reporting amounts that follow from them.
with records as (
    select * from {{ ref('stg_crm_record_versions') }}
),

-- What a deal that closes on a later day was in last.
last_open_steps as (
    select opportunity_id, max_by(canonical_stage, (changed_at, opportunity_history_id)) as open_stage
    from {{ ref('stg_crm_opportunity_history') }}
    where stage_type = 'open' and {{ business_day('changed_at') }} <= {{ data_as_of() }}
    group by opportunity_id
),

dated as (
    select
        records.*,
        case when records.entity = 'crm_opportunities' and records.status <> 'open' then records.close_date end
            as closed_on,
        case
            when records.entity = 'crm_opportunities' and records.status <> 'open'
                then coalesce(last_open_steps.open_stage, 'Unknown')
        end as stage_before_close
    from records
    left join last_open_steps on records.record_id = last_open_steps.opportunity_id
)

select
    {% for column in version_column_names() -%}
        dated.{{ column }},
    {% endfor -%}
    dated.entity,
    dated.record_id,
    dated.source,
    dated.export_account_id,
    dated.record_name,
    dated.account_id,
    dated.record_type,
    dated.segment,
    dated.pipeline,
    dated.source_stage,
    dated.stage,
    dated.stage_before_close,
    dated.is_stage_unmapped,
    dated.status,
    dated.created_on,
    dated.close_date as expected_close_on,
    dated.closed_on,
    dated.started_on,
    dated.ended_on,
    dated.is_trial,
    dated.is_converted,
    dated.converted_on,
    dated.amount_native,
    dated.currency,
    dated.is_currency_assumed,
    {{ to_reporting_cents('dated.amount_native', 'fx.rate') }} as amount_reporting,
    fx.rate as fx_rate,
    case
        when dated.amount_native is not null or dated.entity = 'crm_opportunities'
            then {{ record_rate_day('dated') }}
    end as fx_date,
    dated.entity in ('crm_opportunities', 'crm_subscriptions') and fx.rate is null as is_fx_missing,
    dated.quantity,
    dated.probability,
    dated.lead_source,
    dated.campaign_id,
    dated.owner_id,
    case
        when dated.status = 'lost' then coalesce(nullif(trim(dated.loss_reason), ''), 'Unspecified')
    end as loss_reason
from dated
{{ fx_join('dated.currency', record_rate_day('dated')) }}
