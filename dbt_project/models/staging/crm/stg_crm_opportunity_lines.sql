with current_lines as (
    {{ crm_records('crm_opportunity_lines') }}
),

final as (
    select
        {{ conformed_id('own.record_id', 'own.source') }} as line_id,
        own.source,
        {{ survivor_id('own.opportunity_id', 'own.source', 'opportunity_merge') }} as opportunity_id,
        {{ conformed_id('own.product_id', 'own.source') }} as product_id,
        own.quantity,
        own.unit_price,
        own.list_price,
        own.discount_rate,
        coalesce(
            own.total_price,
            cast(
                cast(own.quantity as decimal(24, 6)) * own.unit_price * (1 - coalesce(own.discount_rate, 0))
                as decimal(18, 6)
            )
        ) as total_price,
        upper(nullif(trim(own.currency), '')) as currency,
        own.service_date
    from current_lines as own
    {{ survivor_join('crm_opportunities', 'own.opportunity_id', 'own.source', 'opportunity_merge') }}
)

select * from final
