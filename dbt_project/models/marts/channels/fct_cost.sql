with costs as (
    select * from {{ ref('int_cost_target') }}
),

final as (
    select
        date_day,
        cost_origin,
        source,
        account_id,
        cost_id,
        target_id,
        kind,
        category,
        department,
        channel,
        campaign_id,
        team,
        vendor,
        allocation_key,
        allocation,
        unallocated_reason,
        case
            when campaign_id is not null then 'campaign'
            when channel is not null then 'channel'
            when team is not null then 'team'
            else 'shared_unallocated'
        end as cost_target,
        currency,
        amount_native,
        amount_reporting,
        fx_rate,
        fx_date,
        amount_native is not null and fx_rate is null as is_fx_missing,
        {{ data_as_of() }} as data_as_of
    from costs
)

select * from final
