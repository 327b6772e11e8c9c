"""Measuring whole child processes, subject and references in turn, so that a ratio holds on a noisy machine."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from funnelhouse.settings import REPOSITORY

RESULTS = REPOSITORY / ".bench"


@dataclass
class Measured:
    """CPU and wall seconds and peak memory (MiB) of each counted run of one way."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)


def run_child(
    code: str, *arguments: str | Path, python: str = sys.executable, root: Path = REPOSITORY
) -> tuple[float, float, float]:
    """Run `code` in a fresh interpreter; CPU seconds, wall seconds, peak MiB. Raises RuntimeError if it fails.

    `root`: checkout whose packages it imports. CPU seconds include the processes it waited for, the peak does not. What it
    writes (progress bars) is thrown away, except that errors of a failed run are shown.
    """
    command = [python, "-c", code, *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": f"{root}:{root / 'plugins'}"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # modules are compiled once, as on every machine
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        pid = os.posix_spawn(
            command[0], command, environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)],
        )  # fmt: skip
        _, status, usage = os.wait4(pid, 0)
        if status:
            said.seek(0)
            raise RuntimeError(f"a run ended with status {status}: {said.read()[-2000:].decode(errors='replace')}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started, usage.ru_maxrss / 1024


def can_import(python: str, *modules: str) -> bool:
    """True if an interpreter has all these modules."""
    code = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))"
    return subprocess.run([python, "-c", code, *modules], check=False, capture_output=True).returncode == 0


def alternate(ways: dict[str, Any], runs: int) -> dict[str, Measured]:
    """Run every way once uncounted, then all of them `runs` times in turn. A way is a function of a run number."""
    results = {name: Measured() for name in ways}
    for number in range(runs + 1):
        for name, way in ways.items():
            cpu, wall, peak = way(number)
            if number:
                results[name].cpu.append(cpu)
                results[name].wall.append(wall)
                results[name].peak.append(peak)
    return results


def checkout(commit: str) -> Path:
    """A work tree of an earlier commit below the results, made once."""
    folder = RESULTS / commit
    if not folder.exists():
        subprocess.run(["git", "worktree", "prune"], cwd=REPOSITORY, check=True)
        subprocess.run(["git", "worktree", "add", "--detach", str(folder), commit], cwd=REPOSITORY, check=True)
    return folder


def table(
    console: Console, title: str, results: dict[str, Measured], reference: str, megabytes: float
) -> dict[str, Any]:
    """Print medians and CPU ratios to `reference`; the same as a document."""
    shown = Table(title=f"{title} ({megabytes:,.0f} MB)", title_justify="left", box=None, pad_edge=False)
    for name in ("way", "CPU x", "spread", "CPU s", "wall s", "MB/s", "peak MiB"):
        shown.add_column(name, justify="left" if name == "way" else "right")
    document: dict[str, Any] = {"title": title, "megabytes": megabytes, "reference": reference, "ways": {}}
    base = results[reference].cpu
    for name, measured in results.items():
        ratios = sorted(mine / other for mine, other in zip(measured.cpu, base, strict=True))
        ratio, wall = statistics.median(ratios), statistics.median(measured.wall)
        shown.add_row(
            name, f"{ratio:.2f}", f"{ratios[0]:.2f}-{ratios[-1]:.2f}", f"{statistics.median(measured.cpu):.2f}",
            f"{wall:.2f}", f"{megabytes / wall:,.0f}", f"{max(measured.peak):,.0f}",
        )  # fmt: skip
        document["ways"][name] = {"cpu_ratio": ratio, **vars(measured)}
    console.print(shown)
    return document


def versions() -> dict[str, str]:
    """Versions that figures hold for."""
    return {name: version(name) for name in ("duckdb", "pandas", "python-calamine", "apache-airflow", "dbt-core")}


def save(chapter: str, documents: list[dict[str, Any]]) -> Path:
    """Write the chapter's results as JSON with the versions they hold for."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{chapter}.json"
    path.write_text(json.dumps({"versions": versions(), "python": sys.version, "results": documents}, indent=1))
    return path
