-- Selling steps beside buying steps (R078), and whether sales did in each step what is due (R112): stays, where they
-- ended, and how many were left forward with every required activity. Row `(all)`: whole deals and leads.
with intervals as (
    select
        *,
        case when entity_type = 'person' then '(all)' else source end as pipeline_source,
        coalesce(outcome in ('forward', 'won'), false) as is_passed
    from {{ ref('fct_stage_interval') }}
    where stage not in ('Unknown', 'Unmapped') and entity_type <> 'account'
),

expected as (
    select
        'person' as entity_type, '(all)' as pipeline_source, 'Lead to customer' as pipeline, funnel_stage as stage,
        nullif(trim(buyer_step), '') as buyer_step, nullif(trim(required_activities), '') as required_activities
    from {{ ref('funnel_stages') }}
    union all
    select
        'opportunity', steps.source, deals.pipeline, steps.stage, steps.buyer_step, steps.required_activities
    from {{ ref('int_pipeline_step') }} as steps
    inner join (
        select distinct source, pipeline
        from intervals
        where entity_type = 'opportunity'
    ) as deals
        on
            steps.source = deals.source
            and steps.pipeline_key = case when deals.pipeline = '(default)' then '' else lower(deals.pipeline) end
    where {{ data_as_of() }} >= steps.valid_from and {{ data_as_of() }} < steps.valid_to
),

-- `meeting;call/email`: a meeting, and a call or a mail.
groups as (
    select
        entity_type, pipeline_source, pipeline, stage, group_text,
        count(*) over (partition by entity_type, pipeline_source, pipeline, stage) as groups_due
    from (
        select *, unnest(string_split(required_activities, ';')) as group_text
        from expected
        where required_activities is not null
    ) as divided
),

options as (
    select
        groups.* exclude (group_text), group_text,
        lower(trim(unnest(string_split(group_text, '/')))) as label
    from groups
),

types as (
    select * from {{ ref('activity_types') }}
),

done as (
    select
        activities.*,
        activities.activity_label as label,
        coalesce(types.is_contact and not types.is_automated, activities.activity_kind = 'event') as is_contact
    from {{ ref('int_activity') }} as activities
    left join types on activities.activity_label = types.label
    where activities.activity_on <= {{ data_as_of() }}
),

about as (
    select 'opportunity' as entity_type, what_id as entity_id, activity_at, label, is_contact
    from done
    where what_id is not null
    union all
    select 'person', links.person_id, done.activity_at, done.label, done.is_contact
    from done
    inner join {{ ref('int_person_link') }} as links on done.who_id = links.record_id
),

-- Recorded stays have no gaps, so the last one begun by then is the one an activity falls into.
recorded as (
    select * from intervals
    where not is_imputed
),

fallen as (
    select
        recorded.entity_type, recorded.entity_id, recorded.interval_number, recorded.pipeline_source,
        recorded.pipeline, recorded.stage, about.label, about.is_contact
    from about
    asof inner join recorded
        on
            about.entity_type = recorded.entity_type
            and about.entity_id = recorded.entity_id
            and about.activity_at >= recorded.entered_at
),

fulfilled as (
    select
        fallen.entity_type, fallen.entity_id, fallen.interval_number,
        count(distinct options.group_text) as groups_done
    from fallen
    inner join options
        on
            fallen.entity_type = options.entity_type
            and fallen.pipeline_source = options.pipeline_source
            and fallen.pipeline = options.pipeline
            and fallen.stage = options.stage
            and (fallen.label = options.label or (options.label = 'contact' and fallen.is_contact))
    group by all
),

dues as (
    select entity_type, pipeline_source, pipeline, stage, max(groups_due) as groups_due
    from groups
    group by all
),

judged as (
    select
        intervals.*,
        -- Of a CRM whose activities are not known nobody can say what was done (G3).
        dues.groups_due is not null
        and intervals.is_passed
        and not intervals.is_imputed
        and intervals.source in (select done.source from done) as is_due,
        coalesce(fulfilled.groups_done, 0) >= dues.groups_due as is_compliant
    from intervals
    left join dues using (entity_type, pipeline_source, pipeline, stage)
    left join fulfilled using (entity_type, entity_id, interval_number)
),

by_stage as (
    select
        entity_type, pipeline_source, pipeline, stage,
        max(stage_order) as stage_order,
        count(*) filter (where not is_imputed) as n_entered,
        count(*) filter (where is_imputed) as n_skipped,
        count(*) filter (where not is_imputed and is_current) as n_open,
        count(*) filter (where not is_imputed and is_passed) as n_forward,
        count(*) filter (where not is_imputed and outcome = 'back') as n_back,
        count(*) filter (where not is_imputed and outcome in ('lost', 'recycled')) as n_dropped,
        count(*) filter (where is_due) as n_due,
        count(*) filter (where is_due and is_compliant) as n_compliant,
        cast(null as bigint) as won_steps,
        cast(null as bigint) as n_won
    from judged
    where stage_type = 'open'
    group by all
),

by_entity as (
    select
        entity_type, pipeline_source, pipeline, entity_id,
        bool_or(stage_type = 'won' and (entity_type = 'person' or is_current)) as is_won,
        bool_or(is_current and stage_type = 'open') as is_open,
        bool_or(outcome in ('lost', 'recycled')) as is_dropped,
        count(*) filter (where not is_imputed and stage_type = 'open') as steps,
        count(*) filter (where is_due) as stays_due,
        count(*) filter (where is_due and is_compliant) as stays_compliant
    from judged
    group by all
),

whole as (
    select
        entity_type, pipeline_source, pipeline, '(all)' as stage, 0 as stage_order,
        count(*) as n_entered,
        cast(null as bigint) as n_skipped,
        count(*) filter (where is_open) as n_open,
        count(*) filter (where is_won) as n_forward,
        cast(null as bigint) as n_back,
        count(*) filter (where is_dropped and not is_won and not is_open) as n_dropped,
        count(*) filter (where stays_due > 0) as n_due,
        count(*) filter (where stays_due > 0 and stays_due = stays_compliant) as n_compliant,
        sum(steps) filter (where is_won) as won_steps,
        count(*) filter (where is_won) as n_won
    from by_entity
    group by all
),

together as (
    select * from by_stage
    union all
    select * from whole
),

final as (
    select
        together.entity_type,
        together.pipeline_source as source,
        together.pipeline,
        together.stage,
        cast(together.stage_order as bigint) as stage_order,
        expected.buyer_step,
        case when together.stage <> '(all)' then expected.buyer_step is not null end as has_buyer_step,
        together.n_entered,
        together.n_skipped,
        together.n_open,
        together.n_forward,
        together.n_back,
        together.n_dropped,
        together.n_entered - together.n_open as n_left,
        {{ safe_divide('together.n_dropped', '(together.n_entered - together.n_open)') }} as drop_off_rate,
        cast(together.won_steps as bigint) as won_steps,
        together.n_won,
        {{ safe_divide('together.won_steps', 'together.n_won') }} as steps_per_won,
        expected.required_activities,
        together.n_due,
        together.n_compliant,
        {{ safe_divide('together.n_compliant', 'together.n_due') }} as adherence_rate,
        together.n_due < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from together
    left join expected
        on
            together.entity_type = expected.entity_type
            and together.pipeline_source = expected.pipeline_source
            and together.pipeline = expected.pipeline
            and together.stage = expected.stage
)

select * from final
