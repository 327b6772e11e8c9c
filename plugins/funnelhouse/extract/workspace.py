"""Scratch folders of running extractions, and the engine's connection. A killed process leaves nothing for good."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from funnelhouse.extract.values import prepare
from funnelhouse.settings import Settings


@contextmanager
def scratch(root: Path) -> Iterator[Path]:
    """A folder of this process below `root`, removed at the end; folders of dead processes are removed first."""
    root.mkdir(parents=True, exist_ok=True)
    for folder in root.iterdir():
        pid = folder.name.partition("-")[0]
        if pid.isdigit() and int(pid) != os.getpid() and not _is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
    mine = root / f"{os.getpid()}-{secrets.token_hex(4)}"
    mine.mkdir(mode=0o700)
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
