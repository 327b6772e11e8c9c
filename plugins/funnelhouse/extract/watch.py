"""What the steps of a reading saw, kept for whoever explains it (`funnelhouse.explain`).

The steps tell it in one line each; with nobody watching that costs nothing, and watching never changes the reading.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

    from funnelhouse.contracts.schema import Contract
    from funnelhouse.extract.decoding import Encoding
    from funnelhouse.extract.loaded import Loaded
    from funnelhouse.extract.recognise import Binding, Names
    from funnelhouse.extract.rows import Plan
    from funnelhouse.extract.tables import Table

log = logging.getLogger("funnelhouse")
MAX_HEADS = 100
"""Beginnings of members and sheets that are kept; an archive of thousands is explained by its first ones."""


@dataclass
class Head:
    """The beginning of one text or sheet, and what recognition made of it."""

    names: Names
    rows: list[list[str]]
    bindings: list[Binding]
    contracts: list[Contract]
    encoding: Encoding | None = None
    delimiter: str | None = None
    tried: dict[str, int] = field(default_factory=dict)
    wrapped: bool = False


@dataclass
class Seen:
    """One recognised table. The parts that its reading did not reach are None."""

    table: Table
    plan: Plan | None = None
    loaded: Loaded | None = None
    measures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Watch:
    """Everything seen of one file. `is_full` asks for counts over all rows, also of tables that load without a word."""

    is_full: bool = False
    heads: list[Head] = field(default_factory=list)
    more_heads: int = 0
    tables: list[Seen] = field(default_factory=list)


_current: ContextVar[Watch | None] = ContextVar("funnelhouse_watch", default=None)


@contextmanager
def watching(*, full: bool = False) -> Iterator[Watch]:
    """Watch every reading of this context while the block runs."""
    mine = Watch(full)
    token = _current.set(mine)
    try:
        yield mine
    finally:
        _current.reset(token)


def saw_head(head: Head) -> None:
    """A member or sheet was looked at."""
    watch = _current.get()
    if watch is None:
        return
    if len(watch.heads) < MAX_HEADS:
        watch.heads.append(head)
    else:
        watch.more_heads += 1


def saw_table(table: Table) -> None:
    """A table was recognised."""
    watch = _current.get()
    if watch is not None:
        watch.tables.append(Seen(table))


@contextmanager
def typing_rows(connection: duckdb.DuckDBPyConnection, plan: Plan, relation: str, loaded: Loaded) -> Iterator[None]:
    """Around the typing of a table's rows: counts its cells where somebody will want to know them.

    Tables that were typed without a rejected row are only counted for a full watch: counting costs a pass.
    """
    watch = _current.get()
    if watch is None:
        yield
        return
    seen = next((seen for seen in reversed(watch.tables) if seen.table is loaded.table), None)
    if seen is None:
        seen = Seen(loaded.table)
        watch.tables.append(seen)
    seen.plan, seen.loaded = plan, loaded
    failed = True
    try:
        yield
        failed = False
    finally:
        if failed or watch.is_full or loaded.rows_rejected:
            from funnelhouse.explain.measure import measure

            try:
                seen.measures = measure(connection, plan, relation if watch.is_full else "fh_sample", loaded)
            except Exception as error:  # noqa: BLE001 (an explanation must not change what becomes of the file)
                log.warning("the cells of %s cannot be counted: %s", loaded.table.name, type(error).__name__)
