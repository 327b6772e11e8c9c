"""A big table of one output: parsed, typed and written in one pass over the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from funnelhouse.contracts.schema import Output
from funnelhouse.reading.rows.entity_rows import lean_columns, output_query, target_entity
from funnelhouse.reading.rows.loaded import Part
from funnelhouse.reading.rows.quick import quick_plan
from funnelhouse.reading.rows.typed_rows import Plan, typed_query
from funnelhouse.reading.tables.table import Direct
from funnelhouse.sql import sql_text

BAD = "fh_bad"
FEW = 2_000
"""Up to so many bad rows are looked for by their numbers."""


def only_output(plan: Plan) -> Output | None:
    """The table's only output, if every good row becomes one row of it."""
    outputs = [output for output in plan.contract.outputs if output_query(plan, output, "t")]
    if len(outputs) != 1 or outputs[0].unpivot or outputs[0].where or outputs[0].where_known:
        return None
    return outputs[0]


def write_at_once(
    connection: duckdb.DuckDBPyConnection, plan: Plan, output: Output, relation: str, width: int, rows: int | None,
    place: Callable[[], Path], direct: Direct | None = None,
) -> tuple[Part, str]:  # fmt: skip
    """Write the good rows; the part, and the name of the table of bad rows (rn, issue, cells, fields) if there are any.

    `rows` is the number of rows in `relation` if it is known, `place` gives a fresh path, `direct` is the text that
    `relation` reads as it stands.
    """
    entity = target_entity(plan, output)
    quick = quick_plan(connection, plan, output)
    while True:
        path = place()
        typed = typed_query(plan, relation, width, quick)
        query = output_query(plan, output, f"({typed})", lean=True, bare=quick.bare)
        written, read = _copy(connection, query, path, relation, rows)
        odd = quick.doubtful(connection, f"read_parquet({sql_text(str(path))})", quick.shown)
        if not odd:
            break
        path.unlink()
        quick.bare = [name for name in quick.bare if name not in odd]
    absent = frozenset(column.name for column in entity.all_columns) - lean_columns(plan, output)
    part = Part(entity.name, path, written, absent)
    if written == read:
        return part, ""
    sources = [relation]
    if read - written <= FEW:
        # Rows are numbered without a gap: the bad ones are those that are not in the file. Only they are typed again.
        bad = _not_written(connection, path, read)
        few = direct.some_rows(width, read, bad, place()) if direct else None
        only = f"where x.rn in ({', '.join(map(str, bad))})"
        sources = [f"(select * from {each} as x {only})" for each in (few, relation) if each]
    cells = ", ".join(f"c{index}" for index in range(width))
    for source in sources:
        typed = typed_query(plan, source, width, quick, kept=f"[{cells}] as cells")
        with _filter_last(connection):
            connection.execute(f"create or replace temp table {BAD} as select * from ({typed}) where issue is not null")
        found = connection.execute(f"select count(*) from {BAD}").fetchone()
        if found == (read - written,):
            break
    return part, BAD


def _not_written(connection: duckdb.DuckDBPyConnection, path: Path, read: int) -> list[int]:
    """Numbers of the rows that were read and not written."""
    found = connection.execute(
        f"select rn from range(1, {read + 1}) as all_rows(rn) anti join read_parquet({sql_text(str(path))}) as written "
        "on written._row_number = all_rows.rn order by rn"
    ).fetchall()
    return [row[0] for row in found]


def _copy(
    connection: duckdb.DuckDBPyConnection, query: str, path: Path, relation: str, rows: int | None
) -> tuple[int, int]:
    """Write a query; rows written, and rows that were read for it."""
    with _filter_last(connection):
        connection.execute("pragma enable_profiling = 'no_output'")
        try:
            done = connection.execute(
                f"copy ({query}) to {sql_text(str(path))} (format parquet, compression snappy)"
            ).fetchone()
            if rows is None:
                rows = _rows_read(connection)
        finally:
            connection.execute("pragma disable_profiling")
    if rows is None:
        counted = connection.execute(f"select count(*) from {relation}").fetchone()
        rows = int(counted[0]) if counted else 0
    return (int(done[0]) if done else 0), rows


@contextmanager
def _filter_last(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Filters stay where they are written: pushed down to the text, the one on the issue would take all expressions
    along, and each would be computed twice.
    """
    known = connection.execute("select current_setting('disabled_optimizers')").fetchone()
    before = known[0] if known else ""
    connection.execute(f"set disabled_optimizers = '{','.join(filter(None, [before, 'filter_pushdown']))}'")
    try:
        yield
    finally:
        connection.execute(f"set disabled_optimizers = '{before}'")


def _rows_read(connection: duckdb.DuckDBPyConnection) -> int | None:
    """How many rows the last statement read from its text, as the engine counted; None if it did not say."""
    try:
        nodes = [json.loads(connection.get_profiling_information("json"))]
    except (duckdb.Error, AttributeError, ValueError):
        return None
    found = []
    while nodes:
        node = nodes.pop()
        nodes += node.get("children", [])
        if "WINDOW" in node.get("operator_type", ""):
            found.append(int(node.get("operator_cardinality", 0)))
    return found[0] if len(found) == 1 else None
