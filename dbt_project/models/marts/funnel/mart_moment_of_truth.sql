-- Which stage decides the sale: as it was defined (R036), and as the histories suggest (R037): where the chance to win
-- rises most. Cases that are still open say nothing yet and are counted apart. Each CRM by itself: what one keeps of
-- its past says nothing about another's.
with entries as (
    select
        entity_type,
        source,
        pipeline,
        entity_id,
        stage,
        stage_order,
        is_imputed
    from {{ ref('fct_stage_interval') }}
    where entry_number = 1 and stage_type = 'open' and entity_type <> 'account' and stage not in ('Unknown', 'Unmapped')
),

outcomes as (
    select
        entity_type,
        entity_id,
        -- Of a re-opened deal the last close counts (R020).
        bool_or(stage_type = 'won' and (entity_type = 'person' or is_current)) as is_won,
        bool_or(is_current and stage_type = 'open') as is_open
    from {{ ref('fct_stage_interval') }}
    group by entity_type, entity_id
),

defined as (
    select 'person' as entity_type, '(all)' as source, null as pipeline_key, funnel_stage as stage
    from {{ ref('funnel_stages') }}
    where is_moment_of_truth
    union
    select 'opportunity', source, pipeline_key, stage
    from {{ ref('int_pipeline_step') }}
    where is_moment_of_truth and {{ data_as_of() }} >= valid_from and {{ data_as_of() }} < valid_to
),

counted as (
    select
        entries.entity_type,
        entries.source,
        entries.pipeline,
        entries.stage,
        max(entries.stage_order) as stage_order,
        count(*) filter (where outcomes.is_won or not outcomes.is_open) as n_reached,
        count(*) filter (where outcomes.is_won) as n_won,
        count(*) filter (where outcomes.is_open and not outcomes.is_won) as n_open,
        -- A CRM without history shows where deals are lost, but of who was won only that: then nobody can say who
        -- passed the step.
        bool_or(outcomes.is_won and not entries.is_imputed)
        or count(*) filter (where outcomes.is_won) = 0 as has_history
    from entries
    inner join outcomes on entries.entity_type = outcomes.entity_type and entries.entity_id = outcomes.entity_id
    group by all
),

in_order as (
    select
        counted.*,
        defined.stage is not null as is_moment_of_truth,
        count(defined.stage) over pipeline_stages as n_defined,
        min(defined.stage) over pipeline_stages as moment_of_truth,
        first_value(counted.n_reached) over down as n_started,
        lag(counted.n_reached) over down as n_reached_before,
        lag(counted.n_won) over down as n_won_before,
        lag(counted.has_history) over down as had_history_before
    from counted
    left join defined
        on
            counted.entity_type = defined.entity_type
            and (counted.entity_type = 'person' or counted.source = defined.source)
            and counted.stage = defined.stage
            and (
                counted.entity_type = 'person'
                or lower(counted.pipeline) = defined.pipeline_key
                or (counted.pipeline = '(default)' and defined.pipeline_key = '')
            )
    window
        pipeline_stages as (partition by counted.entity_type, counted.source, counted.pipeline),
        down as (
            partition by counted.entity_type, counted.source, counted.pipeline
            order by counted.stage_order, counted.stage
        )
),

-- Who wins has passed every stage (G7), so the rise is P(won | here) x (1 - share that came here from the stage
-- before): two independent shares, whose variances give that of the product (delta method).
lifted as (
    select
        *,
        case when has_history then {{ safe_divide('n_won', 'n_reached') }} end as win_rate,
        case when had_history_before then {{ safe_divide('n_won_before', 'n_reached_before') }} end as win_rate_before,
        case
            when has_history and had_history_before
                then {{ safe_divide('n_won', 'n_reached') }} - {{ safe_divide('n_won_before', 'n_reached_before') }}
        end as lift,
        least({{ safe_divide('n_reached', 'n_reached_before') }}, 1.0) as passed_rate
    from in_order
),

bounded as (
    select
        *,
        1.959963984540054 * sqrt(
            pow(1 - passed_rate, 2) * win_rate * (1 - win_rate) / nullif(n_reached, 0)
            + pow(win_rate, 2) * passed_rate * (1 - passed_rate) / nullif(n_reached_before, 0)
        ) as margin
    from lifted
),

ranked as (
    select
        *,
        case
            when n_reached >= {{ var('min_n') }} and lift - margin > 0
                then row_number() over (
                    partition by entity_type, source, pipeline
                    order by
                        (n_reached >= {{ var('min_n') }} and coalesce(lift - margin > 0, false)) desc,
                        round(lift, 9) desc nulls last, stage_order asc, stage asc
                )
        end as lift_rank
    from bounded
),

final as (
    select
        entity_type,
        source,
        pipeline,
        stage,
        cast(stage_order as bigint) as stage_order,
        moment_of_truth,
        is_moment_of_truth,
        cast(n_defined as bigint) as n_defined,
        coalesce(lift_rank = 1, false) as is_suggested,
        n_started,
        n_reached,
        n_won,
        n_open,
        has_history,
        coalesce(had_history_before, false) as had_history_before,
        case when has_history then {{ safe_divide('n_reached', 'n_started') }} end as reached_rate_cohort,
        win_rate as win_rate_cohort,
        case when is_moment_of_truth and has_history then {{ safe_divide('n_reached', 'n_started') }} end
            as start_to_moment_rate_cohort,
        case when is_moment_of_truth then win_rate end as moment_to_won_rate_cohort,
        n_reached_before,
        n_won_before,
        win_rate_before as win_rate_before_cohort,
        lift as win_lift,
        lift - margin as win_lift_low,
        lift + margin as win_lift_high,
        n_reached < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from ranked
)

select * from final
