with current_roles as (
    {{ crm_records('crm_user_roles', has_deleted_flag=false) }}
),

final as (
    select
        {{ conformed_id('record_id') }} as role_id,
        source,
        role_name,
        {{ conformed_id('parent_id') }} as parent_role_id
    from current_roles
)

select * from final
