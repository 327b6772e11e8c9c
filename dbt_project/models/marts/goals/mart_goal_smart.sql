-- Whether each goal is specific, measurable, attainable, relevant and time-bound, with the reason (R093). What is
-- attainable is judged by the metric's own earlier periods: within what was reached before; beyond the best by no more
-- than the best was beyond the median; or further still.
{%- set letters = ['specific', 'measurable', 'attainable', 'relevant', 'time_bound'] %}
with recursive goals as (
    select periods.*, versions.spelled_otherwise
    from {{ ref('dim_goal_period') }} as periods
    left join {{ ref('int_goal') }} as versions
        on periods.goal_id = versions.goal_id and periods.goal_version = versions.goal_version
    where periods.period_number = 1
),

newest as (
    select goal_id, goal_name, parent_goal_id, start_date, end_date
    from goals
    qualify row_number() over (partition by goal_id order by counts_from desc, goal_version desc) = 1
),

every_goal as (
    select count(*) as goals from newest
),

-- From each goal upwards; a goal that meets itself is in a circle.
ancestors as (
    select goal_id, parent_goal_id as ancestor_id, 1 as steps
    from newest
    where parent_goal_id is not null
    union all
    select ancestors.goal_id, newest.parent_goal_id, ancestors.steps + 1
    from ancestors
    inner join newest on ancestors.ancestor_id = newest.goal_id
    where
        newest.parent_goal_id is not null
        and ancestors.ancestor_id <> ancestors.goal_id
        -- Nobody is further up than there are goals: who leads into a circle of others goes round in it only so long.
        and ancestors.steps < (select goals from every_goal)
),

circles as (
    select distinct goal_id from ancestors
    where goal_id = ancestor_id
),

served as (
    select distinct parent_goal_id as goal_id from newest
    where parent_goal_id is not null
),

metric_names as (
    select metric from {{ ref('goal_metrics') }}
),

ranked_names as (
    select
        goals.goal_id,
        goals.goal_version,
        metric_names.metric as near_metric,
        row_number() over (
            partition by goals.goal_id, goals.goal_version
            order by jaro_winkler_similarity(goals.metric, metric_names.metric) desc, metric_names.metric asc
        ) as place
    from goals
    cross join metric_names
    where goals.metric_kind is null
),

near_names as (
    select goal_id, goal_version, string_agg(near_metric, ', ' order by place) as names
    from ranked_names
    where place <= 3
    group by goal_id, goal_version
),

history as (
    select
        goal_id,
        goal_version,
        count(*) as periods,
        min(value) as lowest_value,
        median(value) as median_value,
        max(value) as highest_value
    from {{ ref('mart_goal_history') }}
    where window_kind = 'earlier' and value is not null
    group by goal_id, goal_version
),

-- The best is the highest value, or the lowest where less is better.
compared as (
    select
        goals.*,
        near_names.names as near_metrics,
        circles.goal_id is not null as is_in_circle,
        served.goal_id is not null as is_served,
        parents.goal_id is not null as is_parent_known,
        parents.goal_name as parent_name,
        coalesce(parents.start_date > goals.end_date or parents.end_date < goals.start_date, false) as is_apart,
        coalesce(history.periods, 0) as history_periods,
        case when goals.is_lower_better then history.lowest_value else history.highest_value end as best,
        case when goals.is_lower_better then history.highest_value else history.lowest_value end as worst,
        history.median_value,
        case when goals.is_lower_better then -1 else 1 end as sign,
        goals.baseline_end - goals.baseline_start + 1 as baseline_days,
        goals.period_end - goals.period_start + 1 as period_days
    from goals
    left join near_names on goals.goal_id = near_names.goal_id and goals.goal_version = near_names.goal_version
    left join circles on goals.goal_id = circles.goal_id
    left join served on goals.goal_id = served.goal_id
    left join newest as parents on goals.parent_goal_id = parents.goal_id
    left join history on goals.goal_id = history.goal_id and goals.goal_version = history.goal_version
),

ruled as (
    select
        *,
        case
            when not is_scope_known then 'scope_unknown'
            when growth is null and target_per is not null and target_kind not in ('absolute', 'cap')
                then 'growth_not_stated'
            when baseline_source = 'period before' then 'baseline_not_stated'
            when
                baseline_source = 'measured' and metric_kind in ('additive', 'cohort')
                and abs(baseline_days - period_days) > 0.1 * period_days
                then 'baseline_of_other_length'
            when is_money and given_currency is null and target_kind in ('absolute', 'cap', 'delta')
                then 'currency_not_stated'
            when nullif(trim(owner), '') is null then 'owner_not_stated'
            else 'scope_known'
        end as specific_rule,
        case
            when metric_kind is null then 'metric_unknown'
            when not is_scope_known then 'scope_unknown'
            when spelled_otherwise is not null then 'spelled_otherwise'
            when not is_measurable then 'nothing_loaded'
            when history_periods = 0 then 'no_earlier_value'
            else 'metric_known'
        end as measurable_rule,
        case
            when target is null then 'target_not_known'
            when target > highest or target < lowest then 'target_impossible'
            when target_kind not in ('absolute', 'cap') and target = baseline then 'target_is_baseline'
            when history_periods < 3 then 'little_history'
            when sign * target > sign * best + abs(best - median_value) then 'far_beyond_the_best'
            when sign * target > sign * best then 'beyond_the_best'
            when sign * target < sign * worst then 'always_reached'
            else 'reached_before'
        end as attainable_rule,
        case
            when is_in_circle then 'circle'
            when parent_goal_id is not null and not is_parent_known then 'parent_unknown'
            when is_apart then 'parent_at_another_time'
            when parent_goal_id is not null then 'serves'
            when is_served then 'is_served'
            when scope_type = 'company' then 'of_the_company'
            else 'serves_nothing'
        end as relevant_rule,
        case
            when start_date = end_date and target_per is null then 'one_day'
            when coalesce(cadence, target_per) is null then 'review_not_stated'
            when
                cadence in ('week', 'month', 'quarter', 'year')
                and end_date - start_date + 1
                < case cadence when 'week' then 7 when 'month' then 28 when 'quarter' then 90 else 365 end
                then 'review_after_the_end'
            else 'dated'
        end as time_bound_rule
    from compared
),

worded as (
    {% for letter in letters %}
        select *, '{{ letter }}' as criterion, {{ loop.index }} as criterion_number, {{ letter }}_rule as rule
        from ruled
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        goal_id,
        goal_version,
        criterion,
        cast(criterion_number as integer) as criterion_number,
        goal_name,
        case
            when rule in (
                'metric_unknown', 'scope_unknown', 'spelled_otherwise', 'nothing_loaded', 'target_not_known',
                'target_impossible', 'target_is_baseline', 'far_beyond_the_best', 'circle', 'parent_unknown', 'one_day'
            ) then 'fail'
            when rule in (
                'scope_known', 'metric_known', 'reached_before', 'serves', 'is_served', 'of_the_company', 'dated'
            ) then 'pass'
            else 'warn'
        end as verdict,
        rule,
        case rule
            when 'scope_known' then 'Metric, scope and owner are named.'
            when 'scope_unknown' then 'There is no ' || scope_type || ' called "' || scope || '".'
            when 'growth_not_stated'
                then
                    'Each ' || replace(target_per, '_', ' ') || ' is to grow, but on what? Taken as growth on the'
                    || ' baseline; write compound or baseline into growth.'
            when 'baseline_not_stated' then 'No baseline is named; the period before the goal is taken.'
            when 'baseline_of_other_length'
                then 'The baseline has ' || baseline_days || ' days, a period of the goal ' || period_days || '.'
            when 'currency_not_stated' then 'No currency is named; taken as {{ var("reporting_currency") }}.'
            when 'owner_not_stated' then 'Nobody is named as its owner.'
            when 'metric_unknown' then 'There is no metric "' || metric || '". The nearest are ' || near_metrics || '.'
            when 'spelled_otherwise'
                then
                    'Deals name a product "' || spelled_otherwise || '", which the catalogue does not have; is it "'
                    || scope || '"? Write both the same way in the CRM.'
            when 'nothing_loaded' then 'Nothing was loaded that ' || metric || ' can be measured on.'
            when 'no_earlier_value' then metric || ' has no value in this scope before the goal.'
            when 'metric_known'
                then metric || ' is measured; ' || history_periods || ' earlier periods are known.'
            when 'target_not_known'
                then 'There is no value to reach: a relative target needs a baseline, and points need a share.'
            when 'target_impossible'
                then
                    {{ goal_value('target', 'unit') }} || ' cannot be: ' || metric || ' is never '
                    || case
                        when target > highest then 'above ' || {{ goal_value('highest', 'unit') }}
                        else 'below ' || {{ goal_value('lowest', 'unit') }}
                    end || '.'
            when 'target_is_baseline' then 'The target is the baseline: nothing is to change.'
            when 'little_history'
                then 'Only ' || history_periods || ' earlier periods are known, too few to judge by; three are needed.'
            when 'far_beyond_the_best'
                then
                    {{ goal_value('target', 'unit') }} || ' is further beyond the best of ' || history_periods
                    || ' earlier periods, ' || {{ goal_value('best', 'unit') }} || ', than that is beyond the median, '
                    || {{ goal_value('median_value', 'unit') }} || '.'
            when 'beyond_the_best'
                then
                    {{ goal_value('target', 'unit') }} || ' was never reached; the best of ' || history_periods
                    || ' earlier periods is ' || {{ goal_value('best', 'unit') }} || '.'
            when 'always_reached'
                then
                    'Each of ' || history_periods || ' earlier periods did better; the worst was '
                    || {{ goal_value('worst', 'unit') }} || '.'
            when 'reached_before'
                then
                    {{ goal_value('target', 'unit') }} || ' lies within what was reached in ' || history_periods
                    || ' earlier periods: ' || {{ goal_value('worst', 'unit') }} || ' to '
                    || {{ goal_value('best', 'unit') }} || '.'
            when 'circle' then 'It serves a goal that serves it.'
            when 'parent_unknown' then 'The goal it serves, ' || parent_goal_id || ', does not exist.'
            when 'parent_at_another_time' then 'The goal it serves, ' || parent_name || ', is of another time.'
            when 'serves' then 'It serves ' || parent_name || '.'
            when 'is_served' then 'Other goals serve it.'
            when 'of_the_company' then 'It is a goal of the company.'
            when 'serves_nothing' then 'It serves no other goal; name one in parent_goal_id.'
            when 'one_day' then 'It begins and ends on the same day.'
            when 'review_not_stated' then 'Nobody says how often it is reviewed; write it into cadence.'
            when 'review_after_the_end' then 'It ends before its first review, after a ' || cadence || '.'
            when 'dated' then 'It runs from ' || start_date || ' to ' || end_date || '.'
        end as reason,
        data_as_of
    from worded
)

select * from final
