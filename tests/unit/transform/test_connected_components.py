"""Who belongs together: the SQL of macro connected_components against a union-find, on any graph."""

from __future__ import annotations

import itertools

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from funnelhouse.settings import REPOSITORY

MACRO = (REPOSITORY / "dbt_project" / "macros" / "connected_components.sql").read_text(encoding="utf-8")
QUERY = (
    MACRO.split("duckdb__connected_components(edges) -%}")[1]
    .split("{%- endmacro %}")[0]
    .replace("{{ edges }}", "edges")
)

PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)
CHAINS = st.permutations(range(40)).map(lambda order: list(itertools.pairwise(order)))


def components(pairs: list[tuple[int, int]], nodes: range) -> dict[int, int]:
    """Smallest node of each node's component, by following pairs until nothing changes."""
    smallest = {node: node for node in nodes}
    changed = True
    while changed:
        changed = False
        for a, b in pairs:
            least = min(smallest[a], smallest[b])
            changed = changed or smallest[a] != least or smallest[b] != least
            smallest[a] = smallest[b] = least
    return smallest


@given(st.one_of(PAIRS, CHAINS))
@settings(max_examples=60, deadline=None)
def test_every_node_is_named_after_the_smallest_it_is_joined_with(pairs: list[tuple[int, int]]) -> None:
    nodes = range(41)
    edges = {*pairs, *((b, a) for a, b in pairs), *((node, node) for node in nodes)}
    with duckdb.connect() as connection:
        connection.execute("create table edges (a bigint, b bigint)")
        connection.executemany("insert into edges values (?, ?)", sorted(edges))
        assert dict(connection.execute(QUERY).fetchall()) == components(pairs, nodes)
