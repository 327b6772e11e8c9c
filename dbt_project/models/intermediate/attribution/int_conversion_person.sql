-- Whose touches count for a conversion: the person's own; for a deal those of everybody in it; for a deal that names
-- nobody those of everybody at its company (basis account). Models that count the people of the account have everybody
-- at the company beside those in the deal, too (is_account_only).
with conversions as (
    select stage, conversion_id, unit from {{ ref('int_conversion') }}
),

members as (
    select opportunity_id, person_id from {{ ref('int_opportunity_person') }}
),

colleagues as (
    select
        deals.opportunity_id,
        persons.person_id,
        deals.opportunity_id in (select named.opportunity_id from members as named) as is_account_only
    from {{ ref('int_opportunity_base') }} as deals
    inner join {{ ref('int_person') }} as persons on deals.account_id = persons.account_id
    anti join members
        on deals.opportunity_id = members.opportunity_id and persons.person_id = members.person_id
),

final as (
    select stage, conversion_id, conversion_id as person_id, 'person' as basis, false as is_account_only
    from conversions
    where unit = 'person'
    union all
    select conversions.stage, conversions.conversion_id, members.person_id, 'opportunity', false
    from conversions
    inner join members on conversions.conversion_id = members.opportunity_id
    where conversions.unit = 'opportunity'
    union all
    select
        conversions.stage, conversions.conversion_id, colleagues.person_id, 'account', colleagues.is_account_only
    from conversions
    inner join colleagues on conversions.conversion_id = colleagues.opportunity_id
    where conversions.unit = 'opportunity'
)

select * from final
