-- Every interval begins where the one before it ended, and only the last one is open (G8).
with lines as (
    select
        entity_type,
        entity_id,
        interval_number,
        left_at,
        lead(entered_at) over line as next_entered_at,
        count(*) filter (where is_current) over (partition by entity_type, entity_id) as open_ends
    from {{ ref('fct_stage_interval') }}
    window line as (partition by entity_type, entity_id order by interval_number)
)

select * from lines
where left_at is distinct from next_entered_at or open_ends <> 1
