-- A company came in the way its first lead did.
with origins as (
    select * from {{ ref('int_person_origin') }}
    where account_id is not null
),

final as (
    select
        account_id,
        min_by(channel, (lead_created_at, person_id)) as channel,
        nullif(min_by(coalesce(campaign_id, ''), (lead_created_at, person_id)), '') as campaign_id
    from origins
    group by account_id
)

select * from final
