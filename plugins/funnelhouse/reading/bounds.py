"""The limits of the file that is being read now: its clock, and an end to queries that run past it.

Loops over rows call `check_time`; a query of the engine is interrupted by a thread. What cannot be stopped from
outside (a workbook being parsed) is bounded by its size instead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import duckdb

from funnelhouse.contracts.reasons import Refused
from funnelhouse.limits import Limits, raise_it

_PULSE = 0.05


@dataclass
class _Bounds:
    limits: Limits = field(default_factory=Limits)
    deadline: float = float("inf")
    finished: threading.Event = field(default_factory=threading.Event)
    may_interrupt: threading.Event = field(default_factory=threading.Event)


_active: ContextVar[_Bounds | None] = ContextVar("bounds", default=None)


@contextmanager
def bounded(limits: Limits, connection: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """Apply `limits` to everything read in the block; queries of `connection` end when the time is over."""
    mine = _Bounds(limits, time.monotonic() + limits.seconds)
    mine.may_interrupt.set()
    token = _active.set(mine)
    guard = None
    if connection is not None:
        guard = threading.Thread(target=_interrupt_late, args=(mine, connection), daemon=True, name="time limit")
        guard.start()
    try:
        yield
    finally:
        mine.finished.set()
        if guard is not None:
            guard.join()
        _active.reset(token)


def _interrupt_late(bounds: _Bounds, connection: duckdb.DuckDBPyConnection) -> None:
    if bounds.finished.wait(max(0.0, bounds.deadline - time.monotonic())):
        return
    while not bounds.finished.wait(_PULSE):  # the next query starts with a clean flag: keep asking
        if bounds.may_interrupt.is_set():
            connection.interrupt()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let the block end even if the time is over: what is loaded is put in place."""
    bounds = _active.get()
    if bounds is None:
        yield
        return
    bounds.may_interrupt.clear()
    try:
        yield
    finally:
        bounds.may_interrupt.set()


def current_limits() -> Limits:
    """Limits of the file being read; the defaults outside of `bounded`."""
    bounds = _active.get()
    return bounds.limits if bounds else Limits()


def is_late() -> bool:
    """True if the time of the file is over."""
    bounds = _active.get()
    return bounds is not None and time.monotonic() > bounds.deadline


def check_time() -> None:
    """Raise Refused(timed_out) if the time of the file is over."""
    if is_late():
        raise timed_out()


def timed_out() -> Refused:
    """The refusal of a file that took too long."""
    seconds = current_limits().seconds
    return Refused(
        "timed_out",
        f"reading it took longer than the limit of {seconds} seconds, and was stopped; export a shorter period, or "
        f"{raise_it('seconds')}",
    )


def out_of_memory() -> Refused:
    """The refusal of a file that needs more memory than the engine may use, although it spills."""
    megabytes = current_limits().memory_mb
    return Refused(
        "too_large",
        f"reading it needs more memory than the limit of {megabytes:,} MB; export a shorter period, or "
        f"{raise_it('memory_mb')}",
    )


def check_columns(count: int, label: str) -> None:
    """Raise Refused(too_large) for a table with too many columns."""
    limit = current_limits().columns
    if count > limit:
        raise Refused(
            "too_large", f"{label}: {count:,} columns, the limit is {limit:,}; export fewer, or {raise_it('columns')}"
        )


def check_sheet(rows: int, columns: int, label: str) -> None:
    """Raise Refused(too_large) for a sheet whose used rectangle is too large to read."""
    limits = current_limits()
    check_columns(columns, label)
    if rows > limits.sheet_rows:
        raise Refused(
            "too_large",
            f"{label}: {rows:,} rows, the limit is {limits.sheet_rows:,}; export it as CSV, or "
            f"{raise_it('sheet_rows')}",
        )
    if rows * columns > limits.sheet_cells:
        raise Refused(
            "too_large",
            f"{label}: {rows:,} rows by {columns:,} columns are {rows * columns:,} cells, the limit is "
            f"{limits.sheet_cells:,}; export it as CSV, or {raise_it('sheet_cells')}",
        )
