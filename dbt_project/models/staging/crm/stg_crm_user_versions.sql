-- What the kept exports said about each employee's role and department over time (G16).
with versions as (
    {{ crm_versions('crm_users', ['role_id', 'department']) }}
),

final as (
    select
        {{ conformed_id('record_id') }} as user_id,
        {{ conformed_id('role_id') }} as role_id,
        department,
        valid_from,
        valid_to
    from versions
)

select * from final
