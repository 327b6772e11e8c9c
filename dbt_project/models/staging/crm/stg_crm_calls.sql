with current_calls as (
    {{ crm_records('crm_calls', has_deleted_flag=false) }}
),

final as (
    select
        {{ conformed_id('record_id') }} as call_id,
        source,
        lower(trim(direction)) as direction,
        started_at,
        duration_total_seconds,
        duration_talk_seconds,
        coalesce(is_answered, false) as is_answered,
        outcome,
        nullif(trim(agent_name), '') as agent_name,
        nullif(trim(team), '') as team,
        line,
        related_id
    from current_calls
)

select * from final
