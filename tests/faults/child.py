"""Work in a forked process that may be killed at any moment: what makes a cycle cheap.

The parent has imported everything and opened nothing, so that a child starts in milliseconds instead of seconds.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from funnelhouse.errors import Verdict
from funnelhouse.store.locks import Busy

PATIENCE = 300.0
"""Seconds after which a child hangs."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: killed by us, with a value, with a verdict's message, or with a traceback."""

    killed: bool = False
    value: Any = None
    message: str | None = None
    crash: str | None = None
    seconds: float = 0.0


def run(work: Callable[[], Any], kill_after: float | None = None) -> Ended:
    """Do `work` in a child; its value must be JSON. With `kill_after` it gets SIGKILL after so many seconds."""
    reading, writing = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reading)
        _be_the_child(work, writing)
    os.close(writing)
    try:
        return _follow(child, reading, started, kill_after)
    finally:
        os.close(reading)


def _be_the_child(work: Callable[[], Any], writing: int) -> None:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            said: dict[str, Any] = {"value": work()}
        except (Verdict, Busy) as verdict:
            said = {"message": str(verdict)}
        except BaseException:  # noqa: BLE001 - it is told to the parent
            said = {"crash": traceback.format_exc()}
        data = json.dumps(said, default=str).encode()
        while data:
            data = data[os.write(writing, data) :]
    finally:
        os._exit(0)


def _follow(child: int, reading: int, started: float, kill_after: float | None) -> Ended:
    data, deadline = b"", started + (PATIENCE if kill_after is None else kill_after)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            seconds = time.monotonic() - started
            return Ended(killed=True, seconds=seconds, crash=None if kill_after is not None else "it hangs")
        if not (piece := os.read(reading, 1 << 16)):
            break
        data += piece
    os.waitpid(child, 0)
    said = json.loads(data) if data else {"crash": "it ended without a word"}
    return Ended(False, said.get("value"), said.get("message"), said.get("crash"), time.monotonic() - started)
