"""What the steps of a reading saw, collected for the explanation of the file. Collecting never changes the reading.

Whoever wants an explanation makes a `Trace` and hands it to the reading; without one nothing is collected.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb

from funnelhouse.reading.rows.cell_counts import measure
from funnelhouse.reading.rows.loaded import Loaded
from funnelhouse.reading.rows.typed_rows import Plan
from funnelhouse.reading.tables.head import Head
from funnelhouse.reading.tables.table import Table

log = logging.getLogger("funnelhouse")
MAX_HEADS = 100
"""Beginnings of members and sheets that are kept; an archive of thousands is explained by its first ones."""


@dataclass
class TableTrace:
    """One recognised table. The parts that its reading did not reach are None."""

    table: Table
    plan: Plan | None = None
    loaded: Loaded | None = None
    measures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Trace:
    """Everything seen of one file. `is_full` asks for counts over all rows, also of tables without a rejected row."""

    is_full: bool = False
    heads: list[Head] = field(default_factory=list)
    more_heads: int = 0
    tables: list[TableTrace] = field(default_factory=list)

    def saw_head(self, head: Head) -> None:
        """A member or sheet was looked at."""
        if len(self.heads) < MAX_HEADS:
            self.heads.append(head)
        else:
            self.more_heads += 1

    def saw_table(self, table: Table) -> None:
        """A table was recognised."""
        self.tables.append(TableTrace(table))

    @contextmanager
    def typing_rows(
        self, connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, loaded: Loaded
    ) -> Iterator[None]:  # fmt: skip
        """Around the typing of a table's rows: counts its cells where somebody will want to know them.

        Tables that were typed without a rejected row are only counted for a full trace: counting costs a pass.
        """
        seen = next((seen for seen in reversed(self.tables) if seen.table is loaded.table), None)
        if seen is None:
            seen = TableTrace(loaded.table)
            self.tables.append(seen)
        seen.plan, seen.loaded = plan, loaded
        failed = True
        try:
            yield
            failed = False
        finally:
            if failed or self.is_full or loaded.rows_rejected:
                try:
                    seen.measures = measure(connection, plan, relation if self.is_full else "fh_sample", loaded)
                except Exception as error:  # noqa: BLE001 (an explanation must not change what becomes of the file)
                    log.warning("the cells of %s cannot be counted: %s", loaded.table.name, type(error).__name__)
