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

{#-
Nearly everything is settled by two looks at the neighbours, in plain joins: the smallest neighbour, then the smallest of
the neighbours'. A recursion over all nodes costs twenty times as much; it has only to join what is still apart.
-#}
{% macro duckdb__connected_components(edges) -%}
    with recursive nearest as (
        select a as node, min(b) as representative
        from {{ edges }}
        group by a
    ),

    nearer as (
        select edges.a as node, min(nearest.representative) as representative
        from {{ edges }} as edges
        inner join nearest on edges.b = nearest.node
        group by edges.a
    ),

    bridges as (
        select distinct own.representative as a, other.representative as b
        from {{ edges }} as edges
        inner join nearer as own on edges.a = own.node
        inner join nearer as other on edges.b = other.node
        where own.representative <> other.representative
    ),

    reached(node, component) using key (node) as (
        select distinct a, a from bridges
        union
        -- Only nodes that learn of a smaller one go on, so the work ends with the longest chain.
        select reached_before.node, min(news.component)
        from reached as news
        inner join bridges on news.node = bridges.b
        inner join recurring.reached as reached_before on bridges.a = reached_before.node
        where news.component < reached_before.component
        group by reached_before.node
    )

    select nearer.node, coalesce(reached.component, nearer.representative) as component
    from nearer
    left join reached on nearer.representative = reached.node
{%- endmacro %}
