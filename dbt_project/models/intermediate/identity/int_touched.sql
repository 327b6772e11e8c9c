-- Records of which everything about people, deals and companies is built again: those of stg_crm_touched, or all of
-- them where a lookup says something else than at the last complete build. Persons are named by one of their records.
with earlier_lookups as (
    select max_by(content, after_build) as content
    from {{ ref('int_lookup_version') }}
    where after_build < {{ last_complete_build() }}
),

changed_lookups as (
    select lookups.content
    from {{ ref('int_lookup_version') }} as lookups
    cross join earlier_lookups
    where
        lookups.after_build = {{ last_complete_build() }}
        and lookups.content is distinct from earlier_lookups.content
        and lookups.after_build > 0
),

final as (
    select record_id from {{ ref('stg_crm_touched') }}
    union
    select lead_id from {{ ref('stg_crm_leads') }}
    where exists (select 1 from changed_lookups)
    union
    select contact_id from {{ ref('stg_crm_contacts') }}
    where exists (select 1 from changed_lookups)
)

select * from final
