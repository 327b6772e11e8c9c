"""The one way to read what is published: read-only, of one version, and unable to touch anything else.

A connection is of the version that is current when it is opened and keeps it, also after newer publishes. Open one per
piece of work and close it. SQL that comes through it cannot read or write files, attach databases or change settings.
"""

from __future__ import annotations

from typing import Any

import duckdb

from funnelhouse.errors import Verdict
from funnelhouse.publish.errors import NothingPublished
from funnelhouse.settings import Settings

__all__ = ["NothingPublished", "QueryFailed", "connect", "query"]


class QueryFailed(Verdict):
    """The database refused a query; the message is its own."""


def connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the current version. Raises NothingPublished.

    Every connection of a process must have the same configuration, so open published files through here only.
    """
    configuration: dict[str, Any] = {
        "enable_external_access": False,
        "lock_configuration": True,
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        # Nothing may be written beside the published file, not even what does not fit into memory.
        "temp_directory": "",
    }
    for attempt in (1, 2):
        # The real path: DuckDB would serve an old version under the link's name while anybody has it open.
        path = settings.published_file.resolve()
        try:
            return duckdb.connect(str(path), read_only=True, config=configuration)
        except duckdb.IOException:
            if path.exists() or attempt == 2:
                raise_if_missing(settings)
                raise
            # A publish moved the link and pruned the old version in between: look again.
    raise AssertionError("unreachable")


def raise_if_missing(settings: Settings) -> None:
    """Raise NothingPublished, which says how to publish, if nothing was published yet."""
    if settings.published_file.exists():
        return
    if settings.published_file.is_symlink() and (settings.published / "current").is_symlink():
        raise NothingPublished(
            f"The published version is gone from {settings.published}/versions. "
            "Go back to a kept one with `funnelhouse publish --rollback`, or build again with `make run`."
        )
    raise NothingPublished(
        "Nothing has been published yet: `make run` (or the DAG build_warehouse) builds and publishes a first version."
    )


def query(settings: Settings, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Names of the columns and all rows of one query on the current version.

    Raises NothingPublished, or QueryFailed with the database's message.
    """
    with connect(settings) as connection:
        try:
            cursor = connection.execute(sql)
            return [column[0] for column in cursor.description or []], cursor.fetchall()
        except duckdb.Error as error:
            raise QueryFailed(str(error)) from error
