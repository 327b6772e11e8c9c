"""Which nodes of the dbt project a build has to look at: those whose code or input changed, and what stands on them.

Each node remembers in the build file what it was built from (`dbt_project/macros/build_state.sql`, which says what the
columns mean and decides, once dbt runs, whether a node is built). A node that dbt need not even look at costs nothing;
the rest costs a twentieth of a second each. Asking the table is right only if code and settings are those that its
nodes were last looked at with, layer by layer; else dbt looks at all of them. On another day it also looks at those
whose SQL names the day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

import duckdb

from funnelhouse.settings import Settings
from funnelhouse.transform.build_state import code_digest

_NODES = (
    "id varchar", "layer varchar", "code varchar", "reads varchar[]", "inputs varchar", "content varchar",
    "is_dated boolean", "undated varchar", "seen varchar[]", "built_on date", "touched bigint", "rows hugeint",
    "hashes hugeint", "mixed ubigint",
)  # fmt: skip
_INPUTS = """md5(concat_ws('|', nodes.code, version(), (
    select string_agg(
        one.id || case when one.id like 'seed %' then '' else coalesce(parents.content, uuid()::varchar) end,
        '|' order by one.id
    )
    from (select unnest(nodes.reads) as id) as one
    left join build_state.nodes as parents on one.id = parents.id
)))"""
"""The formula of column `inputs`; macro inputs_hash has it, too."""


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of schema `build_state` where they are missing."""
    connection.execute("create schema if not exists build_state")
    connection.execute(f"create table if not exists build_state.nodes ({', '.join(_NODES)})")
    for column in _NODES:
        connection.execute(f"alter table build_state.nodes add column if not exists {column}")
    connection.execute(
        "create table if not exists build_state.changes "
        "(id varchar, number bigint, before varchar, after varchar, keys varchar[])"
    )
    connection.execute(
        "create table if not exists build_state.layers (layer varchar, looked_at_with varchar, day date)"
    )


def circumstances(settings: Settings) -> str:
    """Hash of all that decides a build beside the raw layer and the day: code, settings and versions."""
    versions = [version(package) for package in ("dbt-core", "dbt-duckdb", "duckdb")]
    return hashlib.sha256(f"{code_digest(settings)} {versions}".encode()).hexdigest()


def due_nodes(settings: Settings, layers: Sequence[str], now: str, day: date) -> list[str] | None:
    """Names of the models and tests of these layers to look at on `day`; None for all of them.

    `now` is `circumstances` of this build.
    """
    with duckdb.connect(str(settings.build_file)) as connection:
        prepare(connection)
        looked_at = dict(connection.execute("select layer, (looked_at_with, day) from build_state.layers").fetchall())
        rows = connection.execute(
            "select id, layer, reads, is_dated, "
            f"inputs is not distinct from {_INPUTS} and (layer is null or tables.table_name is not null) "
            "from build_state.nodes left join (select schema_name, table_name from duckdb_tables() union all "
            "select schema_name, view_name from duckdb_views()) as tables "
            "on layer = tables.schema_name and split_part(id, '.', 3) = tables.table_name "
            "where id not like 'source.%'"
        ).fetchall()
    if any(layer not in looked_at or looked_at[layer][0] != now for layer in layers):
        return None
    nodes = {row[0]: _Node(*row[1:]) for row in rows}
    ours = {key: layer for key, node in nodes.items() if (layer := _layer(node, nodes)) in layers}
    due = {
        key
        for key, layer in ours.items()
        if not nodes[key].is_current or (nodes[key].is_dated and looked_at[layer][1] != day)
    }
    while more := {key for key in ours.keys() - due if due.intersection(nodes[key].reads)}:
        due |= more
    return sorted(key.split(".")[2] for key in due)


def forget(settings: Settings, layers: Sequence[str]) -> None:
    """From now on dbt has to look at all nodes of these layers, until `remember` says that it did."""
    with duckdb.connect(str(settings.build_file)) as connection:
        prepare(connection)
        connection.execute("delete from build_state.layers where list_contains(?, layer)", [list(layers)])


def remember(settings: Settings, layers: Sequence[str], now: str, day: date) -> None:
    """dbt looked at all that was due in these layers; nodes that the project lost are forgotten."""
    manifest = settings.build / "dbt_target" / "manifest.json"
    known = list(json.loads(manifest.read_text(encoding="utf-8"))["nodes"])
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.begin()
        connection.execute(
            "delete from build_state.nodes where id not like 'source.%' and not list_contains(?, id)", [known]
        )
        connection.execute(
            "delete from build_state.changes where id not like 'source.%' and not list_contains(?, id)", [known]
        )
        connection.execute("delete from build_state.layers where list_contains(?, layer)", [list(layers)])
        for layer in layers:
            connection.execute("insert into build_state.layers values (?, ?, ?)", [layer, now, day])
        connection.commit()


@dataclass(frozen=True)
class _Node:
    schema: str | None
    reads: Iterable[str]
    is_dated: bool
    is_current: bool


def _layer(node: _Node, nodes: dict[str, _Node]) -> str:
    """The layer of a model; of a test the last layer it reads, so that all it reads is there."""
    if node.schema:
        return node.schema
    read = {nodes[key].schema for key in node.reads if key in nodes}
    return next((layer for layer in ("marts", "intermediate") if layer in read), "staging")
