-- The hand-off from marketing to sales (R111): every stay as MQL, by the week it began and the rep and team who had the
-- lead that day (G16), with what sales made of it so far and how long that took.
with stays as (
    select
        *,
        date_trunc('week', entered_on) as week_start,
        case
            when outcome in ('forward', 'won') then 'accepted'
            when outcome in ('lost', 'recycled', 'back') then 'rejected'
            else 'waiting'
        end as result
    from {{ ref('fct_stage_interval') }}
    where entity_type = 'person' and stage = 'MQL'
),

-- A stage that was skipped is passed in no time (G7): it counts, and says nothing about how long sales took.
counted as (
    select
        week_start,
        team,
        rep_id,
        min(rep_name) as rep_name,
        result,
        case when result = 'rejected' then coalesce(exit_reason, 'Unspecified') else '(none)' end as reason,
        count(*) as mqls,
        count(*) filter (where is_imputed) as mqls_skipped,
        count(*) filter (where not is_imputed) as mqls_timed,
        count(*) filter (where is_over_sla) as mqls_late,
        sum(days_in_stage) filter (where not is_imputed) as days_total,
        median(days_in_stage) filter (where not is_imputed) as median_days,
        max(days_in_stage) filter (where not is_imputed) as longest_days
    from stays
    group by all
),

final as (
    select
        cast(week_start as date) as week_start,
        team,
        rep_id,
        rep_name,
        result,
        reason,
        mqls,
        cast(sum(mqls) over (partition by week_start, team, rep_id) as bigint) as mqls_passed,
        {{ safe_divide('mqls', 'sum(mqls) over (partition by week_start, team, rep_id)') }} as share_of_passed,
        mqls_skipped,
        mqls_late,
        mqls_timed,
        days_total,
        {{ safe_divide('days_total', 'mqls_timed') }} as average_days,
        median_days,
        longest_days,
        {{ data_as_of() }} as data_as_of
    from counted
)

select * from final
