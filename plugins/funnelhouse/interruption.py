"""Ctrl-C while Airflow runs in this process: it takes any exception of a task for a failure and would try again.

The signal is remembered, so that tasks end at once and for good, and the run ends as interrupted whatever Airflow
made of it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from funnelhouse.errors import Verdict


class Interrupted(Verdict):
    """Somebody stopped the run: no retry."""


@dataclass
class _State:
    watched: bool = False
    seen: bool = False


_state = _State()


@contextmanager
def interruptible() -> Iterator[None]:
    """Remember Ctrl-C while the block runs, and raise KeyboardInterrupt at its end if it was swallowed inside."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
        yield
        return
    _state.watched, _state.seen = True, False
    before = signal.signal(signal.SIGINT, _remember)
    try:
        yield
    except Exception:
        if _state.seen:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)
        _state.watched = False
    if _state.seen:
        raise KeyboardInterrupt


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the block as an exception, so that it tidies up; the exit code is the shell's."""

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _remember(number: int, frame: FrameType | None) -> None:
    del number, frame
    _state.seen = True
    raise KeyboardInterrupt


def is_interrupted() -> bool:
    """True after a Ctrl-C inside `interruptible`."""
    return _state.watched and _state.seen
