"""Rows of files that cannot be true: they are in no entity, and listed in `raw._kept_aside`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import duckdb

KEPT_COLUMNS = {
    "batch_id": "VARCHAR", "row_number": "BIGINT", "table_name": "VARCHAR", "check_name": "VARCHAR",
    "column_name": "VARCHAR", "description": "VARCHAR", "why": "VARCHAR", "is_replaced": "BOOLEAN",
}  # fmt: skip
"""Columns of `raw._kept_aside`, in the order of the fields of KeptRow: one for each check that a row fails."""

ADVICE = "correct the row where it was exported and export again; the newer export replaces it"
"""What to do about a row that was kept aside."""


@dataclass(frozen=True)
class KeptRow:
    """A row of a file that does not count, because a check of size row failed.

    `is_replaced`: a newer export has replaced it since, so that nobody has to do anything about it.
    """

    batch_id: str
    row_number: int
    table: str
    check: str
    column: str
    description: str
    why: str
    is_replaced: bool = False


def expose_kept(connection: duckdb.DuckDBPyConnection, kept: Iterable[KeptRow]) -> None:
    """Create or replace `raw._kept_aside`."""
    typed = ", ".join(f'"{name}" {kind}' for name, kind in KEPT_COLUMNS.items())
    connection.execute(f"create or replace table raw._kept_aside ({typed})")
    rows = [astuple(row) for row in kept]
    if rows:
        values = ", ".join(f"unnest(?::{kind}[])" for kind in KEPT_COLUMNS.values())
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(f"insert into raw._kept_aside select {values}", columns)
