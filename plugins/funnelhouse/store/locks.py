"""One writer of the build file at a time, also outside Airflow's pool (two shells, a shell and a scheduler)."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from funnelhouse.settings import Settings


class Busy(RuntimeError):
    """Somebody else is at work; the message names the process and what to do."""


@contextlib.contextmanager
def held(path: Path, purpose: str, *, wait: bool) -> Iterator[None]:
    """Hold an advisory lock on `path` while the block runs; the kernel frees it if the process is killed.

    Raises Busy if `wait` is false and another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "another process"
            raise Busy(f"{holder} is at work in {path.parent}. Wait for it, or stop it, then try again.") from None
        handle.truncate(0)
        handle.write(f"{purpose} (process {os.getpid()})")
        handle.flush()
        yield


def writer_lock(settings: Settings, purpose: str) -> contextlib.AbstractContextManager[None]:
    """Wait for the build file and keep it while the block runs."""
    return held(settings.build / "writer.lock", purpose, wait=True)


def run_lock(settings: Settings, purpose: str) -> contextlib.AbstractContextManager[None]:
    """The home folder belongs to one `run` or `ui` at a time. Raises Busy."""
    return held(settings.home / "run.lock", purpose, wait=False)
