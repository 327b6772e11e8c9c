-- The glossary: every metric as it is defined under `metrics:` (models/marts/overview/_metrics_*.yml), by dbt's graph.
-- Numerators and denominators that nobody reads alone are metrics there without a unit; they have no row here.
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
