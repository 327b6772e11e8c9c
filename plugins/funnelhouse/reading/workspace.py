"""Scratch folders of running extractions, and the engine's connection. A killed process leaves nothing for good."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakKeyDictionary

import duckdb

from funnelhouse.files import owner, remove_abandoned
from funnelhouse.reading.cells.sql_values import prepare
from funnelhouse.settings import Settings


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """A folder of this process below `root`, removed at the end; folders of dead processes are removed first."""
    root.mkdir(parents=True, exist_ok=True)
    remove_abandoned(root)
    mine = root / f"{owner()}-{secrets.token_hex(4)}"
    mine.mkdir(mode=0o700)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


_threads: WeakKeyDictionary[duckdb.DuckDBPyConnection, tuple[int, int]] = WeakKeyDictionary()
"""Threads that an engine was opened with, and those that it uses now."""


def use_threads(connection: duckdb.DuckDBPyConnection, *, are_many: bool) -> None:
    """Use one thread, or as many as the engine was opened with.

    A second one does not help with a few rows or a sample, nor where rows are numbered in their order, which one
    thread does alone; waiting for work, it costs as much CPU as the first.
    """
    if connection not in _threads:
        found = connection.execute("select current_setting('threads')").fetchone() or (1,)
        _threads[connection] = found[0], found[0]
    opened, now = _threads[connection]
    wanted = opened if are_many else 1
    if now != wanted:
        connection.execute(f"set threads = {wanted}")
        _threads[connection] = opened, wanted


@contextmanager
def engine(settings: Settings, pii_key: bytes, temporary: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory, bounded, that spills into `temporary`."""
    config = {
        "threads": str(settings.threads),
        "memory_limit": f"{settings.limits.memory_mb}MiB",
        "temp_directory": str(temporary / "spill"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        prepare(connection, pii_key)
        yield connection
    finally:
        connection.close()
