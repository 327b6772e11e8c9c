"""The published version kept open between requests: opening a large file costs as much as a page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from funnelhouse.publish import reader
from funnelhouse.settings import Settings

AT_ONCE = 2
"""Pages made at the same time: more would share one interpreter, and add memory instead of speed."""
MEMORY = "64MB"
"""What the database of the pages may use. Pages of a channel mart of five million rows need less than 40 MB."""
THREADS = 1
"""Of a query: two pages at once already take two cores."""


class Kept:
    """Connections of a server. It holds the version it was asked for last, until there is a newer one."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None

    @contextmanager
    def connect(self, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the current version, for one request. Raises NothingPublished."""
        small = replace(settings, memory_limit=MEMORY, threads=THREADS)
        with self._turn, reader.connect(small) as connection:
            self._hold(small)
            yield connection

    def _hold(self, settings: Settings) -> None:
        """Have a connection of our own: the database is closed with its last one."""
        path = settings.published_file.resolve()
        with self._lock:
            if path != self._path:
                before, self._connection, self._path = self._connection, reader.connect(settings), path
                if before is not None:
                    before.close()
