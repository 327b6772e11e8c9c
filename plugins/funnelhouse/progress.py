"""Progress of long work: the library reports, whoever shows it listens.

Under a scheduler the reports are log lines; `funnelhouse run` draws them live. A listener never changes the work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger("funnelhouse")


@dataclass(frozen=True)
class Report:
    """One step of one piece of work: `done` of `total` (None = unknown) in `stage`, now at `item`.

    `outcome` is empty while the item is being worked on, else ok, warning or failed. `facts` are for machines.
    """

    stage: str
    item: str
    done: int = 0
    total: int | None = None
    outcome: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


Listener = Callable[[Report], None]
_listeners: list[Listener] = []


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Send every report of this process to `listener` while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report(stage: str, item: str, done: int = 0, total: int | None = None, outcome: str = "", **facts: Any) -> None:
    """Report one step; finished items also go to the log."""
    entry = Report(stage, item, done, total, outcome, facts)
    for listener in _listeners:
        listener(entry)
    if outcome:
        level = {"ok": logging.INFO, "warning": logging.WARNING}.get(outcome, logging.ERROR)
        log.log(level, "%s: %s %s%s", stage, item, outcome, f" ({done}/{total})" if total else "")
