{{ config(materialized='ephemeral') }}

-- Over all files of goals a goal version's newest row decides; then whether it can be measured (judged_goals).
with versions as (
    {{ row_versions(
        'goals',
        entity_rules('goals')['key'],
        thing=["'goals'", 'goal_id', 'coalesce(goal_version, 1)'],
        exclude={'incomplete': "goal_id is null or nullif(trim(metric), '') is null or target_value is null"
            ~ " or start_date is null or end_date is null or end_date < start_date"}
    ) }}
),

final as (
    select
        source,
        account_id,
        {{ staged_goals() }},
        {{ version_columns() }}
    from versions
)

select * from final
