with current_users as (
    {{ crm_records('crm_users', has_deleted_flag=false) }}
),

user_roles as (
    select * from {{ ref('stg_crm_user_roles') }}
),

final as (
    select
        {{ conformed_id('users.record_id', 'users.source') }} as user_id,
        users.source,
        nullif(trim(concat_ws(' ', trim(users.first_name), trim(users.last_name))), '') as user_name,
        users.department,
        users.job_title,
        {{ conformed_id('users.role_id', 'users.source') }} as role_id,
        roles.role_name,
        {{ conformed_id('users.manager_id', 'users.source') }} as manager_id,
        coalesce(users.is_active, true) as is_active,
        users.created_at
    from current_users as users
    left join user_roles as roles on {{ conformed_id('users.role_id', 'users.source') }} = roles.role_id
)

select * from final
