{#-
Which things belong together: SQL that gives every node of an edge table (columns a, b, both directions present, each
node with an edge to itself) its component, named by the component's smallest node. Any chain length; the order of rows
does not matter. Columns: node, component.
-#}
{% macro connected_components(edges) -%}
    {{ adapter.dispatch('connected_components', 'funnelhouse')(edges) }}
{%- endmacro %}

{% macro default__connected_components(edges) -%}
    {{ exceptions.raise_compiler_error("connected_components is written for DuckDB only") }}
{%- endmacro %}

{% macro duckdb__connected_components(edges) -%}
    with recursive reached(node, component) using key (node) as (
        select distinct a, a from {{ edges }}
        union
        -- Only nodes that learn of a smaller one go on, so the work ends with the longest chain.
        select reached_before.node, min(news.component)
        from reached as news
        inner join {{ edges }} as edges on news.node = edges.b
        inner join recurring.reached as reached_before on edges.a = reached_before.node
        where news.component < reached_before.component
        group by reached_before.node
    )

    select node, component from reached
{%- endmacro %}
