"""One writer of the build file at a time, also outside Airflow's pool (two shells, a shell and a scheduler)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from funnelhouse.settings import Settings


class Busy(RuntimeError):
    """Another process is at work; the message names it and says what to do."""


@contextlib.contextmanager
def held(path: Path, purpose: str, *, wait: bool) -> Iterator[None]:
    """Hold an advisory lock on `path` while the block runs; the kernel frees it if the process is killed.

    The file holds the purpose and the process that has the lock, or had it last. Raises Busy if `wait` is false and
    another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A soft lock is a file that a killed process leaves behind: rather an error on a file system without flock.
    lock = FileLock(path, timeout=-1 if wait else 0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise Busy(f"{holder} is at work in {path.parent}. Wait for it, or stop it, then try again.") from None
    try:
        path.write_text(f"{purpose} (process {os.getpid()})", encoding="utf-8")
        yield
    finally:
        lock.release()


def writer_lock(settings: Settings, purpose: str) -> contextlib.AbstractContextManager[None]:
    """Wait for the build file and keep it while the block runs."""
    return held(settings.build / "writer.lock", purpose, wait=True)


def run_lock(settings: Settings, purpose: str) -> contextlib.AbstractContextManager[None]:
    """The home folder belongs to one `run` or `ui` at a time. Raises Busy."""
    return held(settings.home / "run.lock", purpose, wait=False)
