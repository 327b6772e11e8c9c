"""Entry point of a service's process: runs one command, and ends with everything it started when its parent ends.

The parent holds the other end of the standard input, which the kernel closes however the parent ends, by SIGKILL too.
Airflow puts its tasks into process groups of their own, so that ending one group is not enough: on Linux this process
adopts what its descendants leave behind and ends all of it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType

PR_SET_CHILD_SUBREAPER = 36
GRACE_SECONDS = 10.0
"""What a service gets to end by itself, so that its tasks note that they were stopped."""


def main() -> int:
    """`python supervised.py LOCK_FILE COMMAND...`; the command's exit code.

    The lock file is held, shared, until everything has ended: whoever wants to start services on the same database
    takes it exclusively first.
    """
    lock = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_SH)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    asked_to_end = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        asked_to_end.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask)
    service = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
    threading.Thread(target=_wait_for_the_parent, args=(asked_to_end,), daemon=True).start()
    while service.poll() is None and not asked_to_end.wait(0.1):
        pass
    if service.poll() is None:
        service.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            service.wait(GRACE_SECONDS)
    _end_all(service)
    return service.wait()


def _wait_for_the_parent(asked_to_end: threading.Event) -> None:
    while os.read(0, 1024):
        pass
    asked_to_end.set()


def _end_all(service: subprocess.Popen[bytes]) -> None:
    """Kill every descendant; those whose parent dies first become children of this process and are met again."""
    if service.poll() is None:
        service.kill()
    deadline = time.monotonic() + 30
    while (found := descendants(os.getpid())) and time.monotonic() < deadline:
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
        service.poll()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def descendants(ancestor: int) -> list[int]:
    """Living processes below `ancestor`, nearest first; empty where there is no /proc."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, look = [], [ancestor]
    while look:
        children = parents.get(look.pop(0), [])
        found += children
        look += children
    return found


if __name__ == "__main__":
    sys.exit(main())
