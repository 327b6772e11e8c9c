-- Who an owner is, whatever the tool writes: a user id, a display name, or both. The same name in another tool is the
-- same employee as long as exactly one CRM user has it.
with owners as (
    select source, owner_id, owner_name from {{ ref('stg_crm_opportunity_owners') }}
    union
    select source, owner_id, owner_name from {{ ref('stg_crm_lead_owners') }}
    union
    select source, owner_id, null from {{ ref('stg_crm_opportunity_splits') }}
    union
    select source, owner_id, owner_name from {{ ref('stg_crm_accounts') }}
    union
    select source, owner_id, null from {{ ref('stg_crm_activities') }}
    union
    select source, null, agent_name from {{ ref('stg_crm_calls') }}
    union
    select source, user_id, null from {{ ref('stg_crm_users') }}
),

users as (
    select * from {{ ref('stg_crm_users') }}
),

unique_names as (
    select lower(user_name) as name_key, min(user_id) as user_id
    from users
    where user_name is not null
    group by lower(user_name)
    having count(*) = 1
),

final as (
    select
        owners.source,
        owners.owner_id,
        owners.owner_name,
        coalesce(
            users.user_id,
            unique_names.user_id,
            owners.source || ':' || nullif(trim(owners.owner_name), ''),
            owners.owner_id
        ) as rep_id,
        coalesce(users.user_name, named.user_name, nullif(trim(owners.owner_name), ''), owners.owner_id) as rep_name,
        coalesce(users.user_id, unique_names.user_id) as user_id
    from owners
    left join users on owners.owner_id = users.user_id
    left join unique_names on lower(trim(owners.owner_name)) = unique_names.name_key
    left join users as named on unique_names.user_id = named.user_id
    where owners.owner_id is not null or nullif(trim(owners.owner_name), '') is not null
)

select * from final
