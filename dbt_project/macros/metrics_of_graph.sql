{#-
Query: the metrics of the semantic layer that are figures of their own (they have a unit), from dbt's graph: name, label,
description, unit, direction, formula, numerator, denominator, grain and owner of the table, source, table, column, name as
a goal and version. Texts; NULL where a metric has none.
-#}
{% macro metrics_of_graph() -%}
    {%- set measures, rows = {}, [] %}
    {%- for semantic_model in graph.get('semantic_models', {}).values() %}
        {%- for measure in semantic_model.measures %}
            {%- set counted = 'number of different ' if measure.agg == 'count_distinct' else 'sum of ' %}
            {%- do measures.update({measure.name: counted ~ (measure.expr or measure.name)}) %}
        {%- endfor %}
    {%- endfor %}
    {%- for metric in graph.get('metrics', {}).values() | sort(attribute='name') if metric.config.meta.unit %}
        {%- set meta, parts = metric.config.meta, metric.type_params %}
        {%- set table_meta = graph.nodes['model.' ~ metric.package_name ~ '.' ~ meta.mart].config.meta %}
        {%- set formula = (
            parts.numerator.name ~ ' / ' ~ parts.denominator.name if parts.numerator else measures[parts.measure.name]
        ) %}
        {%- do rows.append({
            'metric': metric.name,
            'label': metric.label,
            'description': metric.description | trim,
            'unit': meta.unit,
            'direction': meta.direction or 'none',
            'formula': meta.formula or formula,
            'numerator': parts.numerator.name if parts.numerator,
            'denominator': parts.denominator.name if parts.denominator,
            'grain': table_meta.grain.columns | join(', '),
            'owner': meta.owner or table_meta.owner,
            'source': meta.entities | join(', '),
            'mart': meta.mart,
            'column_name': meta.column_name,
            'goal_metric': meta.goal_metric,
            'since_version': meta.since_version
        }) %}
    {%- endfor %}
    {%- for row in rows %}
        select
        {%- for name, value in row.items() %}
            {{ dbt.string_literal(dbt.escape_single_quotes(value)) if value else 'cast(null as varchar)' }} as {{ name }}
            {{- ',' if not loop.last }}
        {%- endfor %}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
