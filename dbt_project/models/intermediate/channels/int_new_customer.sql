-- A customer is an account, or a person without one; it is won once, however many of its people take part, and counts
-- for the origin of the person who became a lead first.
with origins as (
    select * from {{ ref('int_person_origin') }}
    where first_won_on is not null
),

final as (
    select
        coalesce(account_id, person_id) as customer_id,
        person_id,
        min(first_won_on) over (partition by coalesce(account_id, person_id)) as won_on,
        channel,
        source,
        campaign_id
    from origins
    qualify row_number() over (
        partition by coalesce(account_id, person_id) order by lead_created_on, person_id
    ) = 1
)

select * from final
