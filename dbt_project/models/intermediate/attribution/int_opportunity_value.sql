{{ config(tags=['dated']) }}
-- Money of a deal beside its amount (R055): columns of the CRM's export that var attribution_value_fields names, in the
-- deal's currency. The reading kept their numbers in `extra`; a cell without a number is listed and has no amount.
with asked as (
    select unnest(cast({{ var('attribution_value_fields') }} as varchar[])) as value_field
),

deals as (
    select * from {{ ref('int_opportunity_base') }}
    where sale_kind = 'deal'
),

currencies as (
    select * from {{ ref('currencies') }}
),

kept as (
    select opportunity_id, extra, unnest(json_keys(extra)) as label
    from {{ ref('stg_crm_opportunities') }}
    where json_valid(extra)
),

found as (
    select
        kept.opportunity_id,
        asked.value_field,
        -- By a pointer: a label may hold what a path would read as its own signs.
        min_by(
            json_extract_string(kept.extra, '/' || replace(replace(kept.label, '~', '~0'), '/', '~1')), kept.label
        ) as written
    from kept
    inner join asked on lower(trim(kept.label)) = lower(trim(asked.value_field))
    group by kept.opportunity_id, asked.value_field
),

valued as (
    select
        found.opportunity_id,
        found.value_field,
        {{ native_amount('try_cast(found.written as decimal(18, 6))', 'coalesce(currencies.exponent, 2)') }}
            as amount_native,
        coalesce(currencies.exponent, 2) as exponent,
        deals.currency,
        deals.fx_rate
    from found
    inner join deals on found.opportunity_id = deals.opportunity_id
    left join currencies on deals.currency = currencies.currency
),

final as (
    select
        opportunity_id,
        value_field,
        amount_native,
        exponent,
        currency,
        {{ to_reporting_cents('amount_native', 'fx_rate') }} as amount_reporting,
        amount_native is null as is_unreadable
    from valued
)

select * from final
