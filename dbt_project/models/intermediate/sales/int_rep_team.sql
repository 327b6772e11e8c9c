-- Team of each employee over time: the role of the CRM, else the department (G16, as far as exports show it).
with versions as (
    select * from {{ ref('stg_crm_user_versions') }}
),

roles as (
    select * from {{ ref('stg_crm_user_roles') }}
),

final as (
    select
        versions.user_id as rep_id,
        coalesce(nullif(trim(roles.role_name), ''), nullif(trim(versions.department), ''), 'Unknown') as team,
        versions.valid_from,
        versions.valid_to
    from versions
    left join roles on versions.role_id = roles.role_id
)

select * from final
