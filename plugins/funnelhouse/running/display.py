"""Live progress of a run: a line per stage with how far it is, and how long the rest will take.

Without a terminal: a plain line when a stage begins and one when it is over.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from funnelhouse.progress import Report
from funnelhouse.running.estimate import Progress, in_words, seconds_left

_STAGES = {
    "sample": "Write the sample company's exports",
    "start": "Start Airflow in this process",
    "receive": "Receive exports",
    "extract": "Extract",  # shown with the channel
    "replay: look": "Look which files are affected",
    "replay": "Read them again",
    "mend": "Make damaged batches again",
    "check raw": "Check what came in",
    "build": "Build the warehouse",
    "check marts": "Check what goes out",
    "publish": "Publish",
    "digest": "Write the page of news",
}
_SILENT = {"dag", "failure"}


@dataclass
class _Stage:
    label: str
    started: float
    item: str = ""
    done: int = 0
    total: int | None = None
    warnings: int = 0
    failed: bool = False
    finished: float | None = None

    def took(self, now: float) -> float:
        return (self.finished or now) - self.started

    def line(self, now: float) -> tuple[str, str, str, str]:
        mark = "[red]✗[/]" if self.failed else "[green]✓[/]" if self.finished else "[cyan]•[/]"
        far = f"{self.done}/{self.total}" if self.total else (str(self.done) if self.done else "")
        noun = "warning" if self.warnings == 1 else "warnings"
        warned = f"[yellow]{self.warnings} {noun}[/]" if self.warnings else ""
        at = warned if self.finished and not self.failed else escape(self.item)
        return mark, self.label, far, f"{at}  [dim]{self.took(now):.0f} s[/]"


@dataclass
class Display:
    """Listener of progress reports that keeps one line per stage on `console`.

    `usual` are seconds by stage of a whole run (see `estimate`); without it nothing is said of how long it takes.
    """

    console: Console
    usual: Mapping[str, float] = field(default_factory=dict)
    stages: dict[str, _Stage] = field(default_factory=dict)
    live: Live | None = None
    received: int = 0
    clock: Callable[[], float] = time.monotonic

    def __call__(self, entry: Report) -> None:
        """Take one report."""
        if entry.stage in _SILENT:
            return
        now = self.clock()
        name = f"extract {entry.facts['channel']}" if entry.stage == "extract" else entry.stage
        self.received += entry.stage == "receive" and entry.outcome == "ok"
        stage = self.stages.get(name)
        if stage is None:
            self._finish_running(now)
            stage = self.stages[name] = _Stage(_label(name), now)
            if self.live is None:
                left = in_words(self.seconds_left(now))
                self.console.print(f"{stage.label} ...{f' ({left})' if left else ''}", highlight=False)
        stage.item, stage.done = entry.item, max(stage.done, entry.done)
        stage.total = entry.total or stage.total
        stage.warnings += entry.outcome == "warning"
        stage.failed = stage.failed or entry.outcome == "failed"
        stage.finished = None
        if self.live is not None:
            self.live.update(self._table())
        elif entry.outcome in ("warning", "failed"):
            self.console.print(f"  {entry.outcome}: {escape(entry.item)}", highlight=False)

    def seconds(self) -> dict[str, float]:
        """Seconds that each stage took, the channels of the extraction together."""
        now = self.clock()
        return {name: progress.seconds for name, progress in self._progress(now).items()}

    def seconds_left(self, now: float) -> float | None:
        """Estimate of the seconds until the run is over; None if there is none."""
        return seconds_left(self.usual, self._progress(now))

    def _progress(self, now: float) -> dict[str, Progress]:
        begun: dict[str, Progress] = {}
        extracts = [stage for name, stage in self.stages.items() if name.startswith("extract ")]
        for name, stage in self.stages.items():
            if name.startswith("extract "):
                continue
            share = stage.done / stage.total if stage.total else None
            begun[name] = Progress(stage.took(now), share, stage.finished is not None)
        if extracts:
            done = sum(stage.done for stage in extracts)
            share = done / self.received if done <= self.received and self.received else None
            ended = next(reversed(self.stages.values())) is not extracts[-1]
            begun["extract"] = Progress(sum(stage.took(now) for stage in extracts), share, ended)
        return begun

    def _finish_running(self, now: float) -> None:
        for stage in self.stages.values():
            if stage.finished is None:
                stage.finished = now
                if self.live is None:
                    done = f"{stage.done} done in" if stage.done else "done in"
                    self.console.print(f"  {done} {stage.took(now):.0f} s", highlight=False)

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        now = self.clock()
        for stage in self.stages.values():
            table.add_row(*(Text.from_markup(cell) for cell in stage.line(now)))
        left = in_words(self.seconds_left(now))
        return Group(table, Text(f"  {left}", "dim")) if left else Group(table)

    @contextlib.contextmanager
    def running(self) -> Iterator[Display]:
        """Draw while the block runs."""
        if not self.console.is_terminal:
            try:
                yield self
            finally:
                self._finish_running(self.clock())
            return
        with Live(console=self.console, get_renderable=self._table, refresh_per_second=4) as live:
            self.live = live
            try:
                yield self
            finally:
                self._finish_running(self.clock())
                live.update(self._table(), refresh=True)
                self.live = None


def _label(stage: str) -> str:
    if stage in _STAGES:
        return _STAGES[stage]
    first, _, rest = stage.partition(" ")
    return f"{_STAGES.get(first, first.capitalize())} {rest}".strip()


@contextlib.contextmanager
def own_terminal(log: Path) -> Iterator[Console]:
    """Send everything this process and its children print to `log`; yield a console on the real standard output.

    Airflow, dbt and Great Expectations print much that is of no use to a person; the log keeps it for finding faults.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    kept_out, kept_err = os.dup(1), os.dup(2)
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.close(target)
    try:
        with os.fdopen(os.dup(kept_out), "w", encoding="utf-8") as real:
            yield Console(file=real, soft_wrap=False)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):  # the disk of the log is full
                stream.flush()
        os.dup2(kept_out, 1)
        os.dup2(kept_err, 2)
        os.close(kept_out)
        os.close(kept_err)
