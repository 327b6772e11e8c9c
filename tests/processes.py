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
    """Bytes that a process and all below it hold, shared pages counted once each (PSS).

    Between vfork and exec a child borrows the memory of its parent, and /proc shows it for both: such a child is
    left out. Java starts many.
    """
    total = 0
    resident: dict[int, tuple[bytes, int]] = {}
    for one in tree(pid):
        folder = Path(f"/proc/{one}")
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
            lines = (folder / "smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        sizes = {name: int(line.split()[1]) for line in lines for name in ("Rss:", "Pss:") if line.startswith(name)}
        resident[one] = command, sizes.get("Rss:", 0)
        of_parent, size = resident.get(parent, (b"", 0))
        if command == of_parent and abs(sizes.get("Rss:", 0) - size) <= size / 100:
            continue
        total += sizes.get("Pss:", 0) * 1024
    return total
