"""A full disk, said in one sentence: what was going on, how much is needed, and that nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from funnelhouse.errors import Verdict
from funnelhouse.settings import Settings

_SAID = re.compile(
    # Who says it, then the kernel's words, SQLite's, or DuckDB's when it finds no room to spill. Not the words alone:
    # a cell that an error quotes may hold them.
    r"(IO Error|TransactionContext Error|FATAL Error|Errno \d+|OperationalError\)|Out of Memory Error)[\s\S]{0,600}?"
    r"(no space left on device|disk quota exceeded|database or disk is full|max_temp_directory_size)",
    re.IGNORECASE,
)
SPARE = 64 << 20
"""Logs, reports and dbt's artifacts, whatever the data."""
BUILD_BYTES_PER_RAW_BYTE = 20
"""Of a first build: the small company's 1.8 MB of Parquet became a build file of 54 MB, most of it fixed; bigger ones
take less per byte."""


class NoSpace(Verdict):
    """The disk is full; the message says how much room is needed."""


def is_no_space(error: BaseException | None) -> bool:
    """True if the error, or one that it was raised from, says that the disk is full."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if _may_say_so(error) and _SAID.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _may_say_so(error: BaseException) -> bool:
    """Of DuckDB's errors some kinds; the others quote cells. By name: importing DuckDB takes a sixth of a second."""
    kind = type(error)
    return "duckdb" not in kind.__module__ or kind.__name__ in _WRITING


_WRITING = ("IOException", "OutOfMemoryException", "TransactionException", "FatalException")
"""DuckDB's errors about its files, rather than about what is in them."""


def needed_bytes(settings: Settings, doing: str) -> int:
    """About how much room a stage needs: what it writes beside what is there."""
    # Tables that are built again stand beside the old ones until the build's transaction ends.
    build = max(_size(settings.build_file), BUILD_BYTES_PER_RAW_BYTE * _size(settings.raw))
    version = _size(settings.published / "current" / "") or build // 2
    if doing == "build":
        return SPARE + build
    if doing == "publish":
        return SPARE + version
    if doing == "run":
        return SPARE + build + version
    if doing in ("receive", "extract", "replay"):
        return SPARE + 2 * _size(settings.inbox)
    return SPARE


def no_space(settings: Settings, doing: str) -> NoSpace:
    """The verdict in words."""
    needed, free = _megabytes(needed_bytes(settings, doing)), shutil.disk_usage(settings.home).free >> 20
    return NoSpace(
        f"No space left on the disk of {settings.home} during {doing}: about {needed} MB must be free, {free:,} MB "
        "are. Free some and run the same command again; nothing is lost, and readers keep the last good version."
    )


@contextlib.contextmanager
def full_disk_said(settings: Settings, doing: str) -> Iterator[None]:
    """Raise NoSpace instead of whatever the block raises when the disk is full."""
    try:
        yield
    except NoSpace:
        raise
    except Exception as error:
        if is_no_space(error):
            raise no_space(settings, doing) from None
        raise


def _megabytes(count: int) -> str:
    return f"{-(-count // (1 << 20)):,}"


def _size(place: Path) -> int:
    """Bytes of a file or of everything below a folder; 0 if there is none."""
    if place.is_file():
        return place.stat().st_size
    total = 0
    for path in place.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
    return total
