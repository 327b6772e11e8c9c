-- How long people and deals stay in each stage, as the buckets of a histogram beside the median and the 90th percentile
-- (R044): of those who are in it now by their age, of those who left it by the time they took.
{%- set cell = 'entity_type, pipeline, stage, dimension_type, dimension_value' %}
with stays as (
    select
        entity_type, pipeline, stage, stage_order, is_current, days_in_stage, sla_days,
        coalesce(is_over_sla, false) as is_over_sla,
        channel, campaign_id, source, region, segment, rep_name as owner, team
    from {{ ref('fct_stage_interval') }}
    where entity_type <> 'account' and stage_type = 'open' and not is_imputed
),

stays_cut as (
    {{ by_dimension('stays') }}
),

buckets as (
    select
        unnest([0, 1, 3, 7, 14, 30, 60, 90, 180, 365]) as bucket_from,
        unnest([1, 3, 7, 14, 30, 60, 90, 180, 365, null]) as bucket_to
),

cells as (
    select
        {{ cell }},
        min(stage_order) as stage_order,
        max(sla_days) as sla_days,
        count(*) filter (where is_current) as stage_n_open,
        count(*) filter (where not is_current) as stage_n_finished,
        median(days_in_stage) filter (where is_current) as open_days_median,
        quantile_cont(days_in_stage, 0.9) filter (where is_current) as open_days_p90,
        median(days_in_stage) filter (where not is_current) as finished_days_median,
        quantile_cont(days_in_stage, 0.9) filter (where not is_current) as finished_days_p90
    from stays_cut
    group by {{ cell }}
),

filled as (
    select
        {{ cell }},
        buckets.bucket_from,
        count(*) filter (where is_current) as n_open,
        count(*) filter (where is_current and is_over_sla) as n_over_sla,
        count(*) filter (where not is_current) as n_finished
    from stays_cut
    inner join buckets
        on
            stays_cut.days_in_stage >= buckets.bucket_from
            and (buckets.bucket_to is null or stays_cut.days_in_stage < buckets.bucket_to)
    group by {{ cell }}, buckets.bucket_from
),

-- Every bucket of a stage has a row, so that a histogram has no holes.
final as (
    select
        cells.entity_type,
        cells.pipeline,
        cells.stage,
        cast(cells.stage_order as bigint) as stage_order,
        cells.dimension_type,
        cells.dimension_value,
        cast(buckets.bucket_from as bigint) as bucket_from,
        cast(buckets.bucket_to as bigint) as bucket_to,
        coalesce(filled.n_open, 0) as n_open,
        coalesce(filled.n_over_sla, 0) as n_over_sla,
        coalesce(filled.n_finished, 0) as n_finished,
        cells.stage_n_open,
        cells.stage_n_finished,
        {{ safe_divide('coalesce(filled.n_open, 0)', 'cells.stage_n_open') }} as open_rate,
        {{ safe_divide('coalesce(filled.n_finished, 0)', 'cells.stage_n_finished') }} as finished_rate,
        cells.open_days_median,
        cells.open_days_p90,
        cells.finished_days_median,
        cells.finished_days_p90,
        cast(cells.sla_days as bigint) as sla_days,
        cells.stage_n_finished < {{ var('min_n') }} as is_low_n,
        {{ data_as_of() }} as data_as_of
    from cells
    cross join buckets
    left join filled
        on
            cells.entity_type = filled.entity_type
            and cells.pipeline = filled.pipeline
            and cells.stage = filled.stage
            and cells.dimension_type = filled.dimension_type
            and cells.dimension_value = filled.dimension_value
            and buckets.bucket_from = filled.bucket_from
)

select * from final
