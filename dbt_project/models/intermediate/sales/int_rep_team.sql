-- Team of each employee over time: the role of the CRM, else the department (G16, as far as exports show it).
with versions as (
    {{ crm_versions('crm_users', ['role_id', 'department']) }}
),

roles as (
    select * from {{ ref('stg_crm_user_roles') }}
),

final as (
    select
        {{ conformed_id('versions.record_id', 'versions.source') }} as rep_id,
        coalesce(nullif(trim(roles.role_name), ''), nullif(trim(versions.department), ''), 'Unknown') as team,
        versions.valid_from,
        versions.valid_to
    from versions
    left join roles on {{ conformed_id('versions.role_id', 'versions.source') }} = roles.role_id
)

select * from final
