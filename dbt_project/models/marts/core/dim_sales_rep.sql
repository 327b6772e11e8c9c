with reps as (
    select * from {{ ref('int_sales_rep') }}
),

final as (
    select
        reps.rep_id,
        reps.rep_name,
        reps.team,
        reps.job_title,
        reps.department,
        managers.rep_name as manager_name,
        reps.is_active,
        reps.is_crm_user,
        {{ data_as_of() }} as data_as_of
    from reps
    left join reps as managers on reps.manager_id = managers.rep_id
)

select * from final
