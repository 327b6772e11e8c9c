with current_campaigns as (
    {{ crm_records('crm_campaigns') }}
),

final as (
    select
        {{ conformed_id('record_id') }} as campaign_id,
        source,
        campaign_name,
        {{ conformed_id('parent_id') }} as parent_campaign_id,
        campaign_type,
        status,
        start_date,
        end_date,
        budgeted_cost,
        actual_cost,
        expected_revenue,
        {{ crm_currency('currency') }} as currency,
        number_sent,
        is_active,
        {{ conformed_id('owner_id') }} as owner_id,
        created_at
    from current_campaigns
)

select * from final
