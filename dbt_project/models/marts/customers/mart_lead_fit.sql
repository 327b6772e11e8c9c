-- How well each lead fits by the rules of its company (R089), with the rules that hold.
with fits as (
    select * from {{ ref('int_lead_fit') }}
),

final as (
    select
        people.person_id,
        people.lead_created_on,
        people.channel,
        fits.score,
        fits.grade,
        fits.evidence,
        fits.rules_unknown,
        people.first_won_on is not null as is_customer,
        {{ data_as_of() }} as data_as_of
    from fits
    inner join {{ ref('dim_person') }} as people on fits.person_id = people.person_id
    where people.is_lead
)

select * from final
