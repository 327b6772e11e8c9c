"""What a process and all that it started use, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path


def tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = [int(child) for child in task.read_text(encoding="ascii").split()]
        except OSError:
            continue  # it ended meanwhile
        for child in below:
            yield from tree(child)


def cpu_of_tree(pid: int) -> float:
    """Seconds of CPU that a process and all below it have used, those that ended included."""
    ticks = 0
    for one in tree(pid):
        try:
            ticks += sum(
                map(int, Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:15])
            )
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_tree(pid: int) -> int:
    """Bytes that a process and all below it hold, shared pages counted once each (PSS)."""
    total = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0) * 1024
    return total
