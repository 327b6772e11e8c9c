"""Rows that were kept aside, as CSV files for the person who corrects them: quarantine/rows/<batch>.kept_aside.csv."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import duckdb

from funnelhouse.files import write_bytes
from funnelhouse.quality.evidence import UNSHOWN, harmless
from funnelhouse.safe_csv import write_csv
from funnelhouse.settings import Settings
from funnelhouse.sql import sql_name
from funnelhouse.transform.kept_aside import ADVICE, KeptRow

SUFFIX = ".kept_aside.csv"
MOST_ROWS = 10_000
"""Rows listed of one batch and table; `raw._kept_aside` has all."""


def write_kept_rows(settings: Settings, connection: duckdb.DuckDBPyConnection, kept: Sequence[KeptRow]) -> None:
    """Write one file for each batch, and remove those of batches that have no such row any more.

    Each line has file, row, column, what is wrong, why it matters and what to do, then the values as they were read;
    hashes and columns that nobody claims are left out.
    """
    by_batch: dict[str, list[KeptRow]] = {}
    for row in kept:
        by_batch.setdefault(row.batch_id, []).append(row)
    folder = settings.quarantine / "rows"
    for old in folder.glob(f"*{SUFFIX}"):
        if old.name.removesuffix(SUFFIX) not in by_batch:
            old.unlink(missing_ok=True)
    names: dict[str, str] = dict(connection.execute("select batch_id, file_name from raw._batches").fetchall())
    for batch_id, rows in by_batch.items():
        sink = io.StringIO()
        header = ["file", "row", "column", "reason", "why it matters", "advice", "values"]
        lines: list[list[Any]] = []
        for table in sorted({row.table for row in rows}):
            of_table = [row for row in rows if row.table == table][:MOST_ROWS]
            values = _values(connection, table, batch_id, sorted({row.row_number for row in of_table}))
            lines += [
                [names.get(batch_id, ""), row.row_number, row.column, f"{row.check}: not true: {row.description}",
                 row.why, ADVICE, values.get(row.row_number, "")]
                for row in of_table
            ]  # fmt: skip
        lines.sort(key=lambda line: (line[1], line[3]))
        write_csv(sink, header, lines)
        write_bytes(folder / f"{batch_id}{SUFFIX}", sink.getvalue().encode("utf-8-sig"))


def _values(connection: duckdb.DuckDBPyConnection, table: str, batch_id: str, numbers: Sequence[int]) -> dict[int, str]:
    """`column=value` of every filled column, by row number; of several rows from one line of the file the first."""
    schema, _, name = table.partition(".")
    cursor = connection.execute(
        f"select * from {sql_name(schema)}.{sql_name(name)} "
        "where _batch_id = ? and list_contains(?::bigint[], _row_number)",
        [batch_id, list(numbers)],
    )
    columns = [column[0] for column in cursor.description or []]
    found: dict[int, str] = {}
    for row in cursor.fetchall():
        cells = dict(zip(columns, row, strict=True))
        shown = {
            name: value for name, value in cells.items()
            if value is not None and not name.startswith("_") and not UNSHOWN.search(name)
        }  # fmt: skip
        found.setdefault(cells["_row_number"], "; ".join(f"{name}={harmless(value)}" for name, value in shown.items()))
    return found
