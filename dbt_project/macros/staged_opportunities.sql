{#-
Typed opportunities with status, canonical stage and looked-up records as they survived their merges. `more` columns of
the relation are passed on.
-#}
{% macro staged_opportunities(relation, more=[]) -%}
    with currencies as (
        select * from {{ ref('currencies') }}
    ),

    typed as (
        select
            own.*,
            {{ crm_currency('own.currency') }} as amount_currency,
            nullif(trim(own.currency), '') is null as is_currency_assumed,
            stages.stage_type as named_type,
            stages.canonical_stage as named_stage
        from {{ relation }} as own
        left join {{ ref('stg_crm_stage_names') }} as stages
            on
                own.source = stages.source
                and coalesce(lower(trim(own.pipeline)), '') = stages.pipeline_key
                and lower(trim(own.stage)) = stages.stage_key
                and stages.entity = 'opportunity'
                and {{ data_as_of() }} >= stages.valid_from
                and {{ data_as_of() }} < stages.valid_to
    ),

    -- Flags of the record first, then what its stage name means.
    statuses as (
        select
            *,
            case
                when is_won then 'won'
                when is_closed and is_won is not null then 'lost'
                when is_closed is not null and not is_closed then 'open'
                when named_type in ('won', 'lost') then named_type
                when is_closed then 'lost'
                else 'open'
            end as status
        from typed
    ),

    final as (
        select
            {{ conformed_id('own.record_id', 'own.source') }} as opportunity_id,
            own.source,
            own.opportunity_name,
            {{ survivor_id('own.crm_account_id', 'own.source', 'account_merge') }} as account_id,
            own.account_name,
            {{ survivor_id('own.contact_id', 'own.source', 'contact_merge') }} as contact_id,
            {{ conformed_id('own.campaign_id', 'own.source') }} as campaign_id,
            own.pipeline,
            own.stage as source_stage,
            case
                when own.status = 'won' then 'Won'
                when own.status = 'lost' then 'Lost'
                when own.named_type in ('won', 'lost') then 'Unmapped'
                else coalesce(own.named_stage, 'Unmapped')
            end as canonical_stage,
            own.status,
            -- Some CRMs go on showing the step in which a deal was won or lost.
            case when own.named_type = 'open' then own.named_stage end as shown_step,
            coalesce(own.named_stage, 'Unmapped') = 'Unmapped' as is_stage_unmapped,
            {{ native_amount('own.amount', 'coalesce(currencies.exponent, 2)') }} as amount_native,
            own.amount_currency as currency,
            own.is_currency_assumed,
            case when own.probability > 1 then own.probability / 100 else own.probability end as probability,
            own.close_date,
            own.opportunity_type,
            own.lead_source,
            own.original_source,
            own.original_source_detail_1,
            own.original_source_detail_2,
            {{ conformed_id('own.owner_id', 'own.source') }} as owner_id,
            own.owner_name,
            own.loss_reason,
            own.distribution_channel,
            own.region as region_label,
            own.created_at,
            own.modified_at
            {%- for column in more %},
            own.{{ column }}
            {%- endfor %}
        from statuses as own
        left join currencies on own.amount_currency = currencies.currency
        {{ survivor_join('crm_accounts', 'own.crm_account_id', 'own.source', 'account_merge') }}
        {{ survivor_join('crm_contacts', 'own.contact_id', 'own.source', 'contact_merge') }}
    )

    select * from final
{%- endmacro %}
