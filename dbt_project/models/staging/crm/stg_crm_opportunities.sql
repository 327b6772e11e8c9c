{{ config(tags=['dated']) }}
with current_opportunities as (
    {{ crm_records('crm_opportunities') }}
),

final as (
    {{ staged_opportunities('current_opportunities', more=['extra']) }}
)

select * from final
