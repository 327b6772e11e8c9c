-- The glossary: every metric as it is defined under `metrics:` (models/marts/overview/_metrics_*.yml), by dbt's graph.
-- Parts of ratios that are no figures of their own have no unit there and no row here.
with metrics as (
    {{ metrics_of_graph() }}
),

final as (
    select
        *,
        {{ data_as_of() }} as data_as_of
    from metrics
)

select * from final
