"""Live progress of a run: a line per stage with how far it is and what it is at; plain lines without a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from funnelhouse.progress import Report

_STAGES = {
    "sample": "Write the sample company's exports",
    "start": "Start Airflow in this process",
    "receive": "Receive exports",
    "extract": "Extract",
    "replay: look": "Look which files are affected",
    "replay": "Read them again",
    "check raw": "Check what came in",
    "build": "Build the warehouse",
    "check marts": "Check what goes out",
    "publish": "Publish",
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

    def line(self, now: float) -> tuple[str, str, str, str]:
        mark = "[red]✗[/]" if self.failed else "[green]✓[/]" if self.finished else "[cyan]•[/]"
        far = f"{self.done}/{self.total}" if self.total else (str(self.done) if self.done else "")
        warned = f"[yellow]{self.warnings} warnings[/]" if self.warnings else ""
        at = warned if self.finished and not self.failed else escape(self.item)
        return mark, self.label, far, f"{at}  [dim]{(self.finished or now) - self.started:.0f} s[/]"


@dataclass
class Display:
    """Listener of progress reports that keeps one line per stage on `console`."""

    console: Console
    stages: dict[str, _Stage] = field(default_factory=dict)
    live: Live | None = None

    def __call__(self, entry: Report) -> None:
        """Take one report."""
        if entry.stage in _SILENT:
            return
        now = time.monotonic()
        stage = self.stages.get(entry.stage)
        if stage is None:
            self._finish_running(now)
            stage = self.stages[entry.stage] = _Stage(_label(entry.stage), now)
            if self.live is None:
                self.console.print(f"{stage.label} ...", highlight=False)
        stage.item, stage.done = entry.item, max(stage.done, entry.done)
        stage.total = entry.total or stage.total
        stage.warnings += entry.outcome == "warning"
        stage.failed = stage.failed or entry.outcome == "failed"
        stage.finished = None
        if self.live is not None:
            self.live.update(self._table())
        elif entry.outcome in ("warning", "failed"):
            self.console.print(f"  {entry.outcome}: {escape(entry.item)}", highlight=False)

    def _finish_running(self, now: float) -> None:
        for stage in self.stages.values():
            if stage.finished is None:
                stage.finished = now
                if self.live is None:
                    self.console.print(f"  {stage.done or ''} done in {now - stage.started:.0f} s", highlight=False)

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis")
        now = time.monotonic()
        for stage in self.stages.values():
            table.add_row(*(Text.from_markup(cell) for cell in stage.line(now)))
        return Group(table)

    @contextlib.contextmanager
    def running(self) -> Iterator[Display]:
        """Draw while the block runs."""
        if not self.console.is_terminal:
            try:
                yield self
            finally:
                self._finish_running(time.monotonic())
            return
        with Live(console=self.console, get_renderable=self._table, refresh_per_second=4) as live:
            self.live = live
            try:
                yield self
            finally:
                self._finish_running(time.monotonic())
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

    Airflow, dbt and Great Expectations print much that tells a person nothing; the log keeps it for the repair.
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
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(kept_out, 1)
        os.dup2(kept_err, 2)
        os.close(kept_out)
        os.close(kept_err)
