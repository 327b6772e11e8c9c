"""What a run of the gate found."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from funnelhouse.errors import Verdict
from funnelhouse.transform.kept_aside import KeptRow

OUTCOMES = ("failed", "raised", "no rows", "passed")
"""`failed`: the data breaks the promise. `raised`: the check itself could not run. `no rows`: nothing to check."""


@dataclass(frozen=True)
class CheckResult:
    """Result of one check. `rows` are failing rows as texts, at most as many as are kept; see `rows_failed`."""

    suite: str
    table: str
    check: str
    description: str
    column: str
    severity: str
    why: str
    outcome: str
    observed: str = ""
    rows_checked: int | None = None
    rows_failed: int | None = None
    row_columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    error: str = ""
    size: str = "warehouse"
    keep_aside: bool = False

    @property
    def is_blocking(self) -> bool:
        """True if nothing may be published.

        A check that keeps rows aside and could not run blocks, too: nobody knows which rows would count wrongly.
        """
        if self.keep_aside:
            return self.outcome == "raised"
        return self.is_broken and self.severity == "critical"

    @property
    def is_broken(self) -> bool:
        """True if the check failed or could not run."""
        return self.outcome in ("failed", "raised")


@dataclass
class GateResult:
    """Results of one boundary. `subject` identifies what was checked; `report` is the HTML file."""

    boundary: str
    started_at: str
    seconds: float = 0.0
    checks: list[CheckResult] = field(default_factory=list)
    not_loaded: list[str] = field(default_factory=list)
    subject: dict[str, Any] = field(default_factory=dict)
    kept_aside: list[KeptRow] = field(default_factory=list)
    report: Path | None = None

    def broken(self, severity: str | None = None) -> list[CheckResult]:
        """Checks that failed or could not run, of one severity or of all."""
        return [c for c in self.checks if c.is_broken and severity in (None, c.severity)]

    @property
    def blocking(self) -> list[CheckResult]:
        """Checks for which nothing is published."""
        return [c for c in self.checks if c.is_blocking]

    @property
    def ok(self) -> bool:
        """True unless something critical is broken."""
        return not self.blocking

    @property
    def status(self) -> str:
        """`fail`, `warn` or `pass`, as `dq_status` of the published tables says it."""
        if not self.ok:
            return "fail"
        return "warn" if self.broken("warning") else "pass"

    @property
    def counts(self) -> dict[str, int]:
        """Number of checks per outcome."""
        return {outcome: sum(c.outcome == outcome for c in self.checks) for outcome in OUTCOMES}

    def to_document(self) -> dict[str, Any]:
        """Everything, for JSON."""
        document = asdict(self)
        document["kept_aside"] = len({(row.batch_id, row.row_number) for row in self.kept_aside if not row.is_replaced})
        document["report"] = self.report.name if self.report else None
        return {"status": self.status, "counts": self.counts, **document}


class GateError(Verdict):
    """The gate could not look at the tables at all; the message says what to do."""


class GateFailed(Verdict):
    """A critical check failed or could not run: nothing may be published. `result` has all of it."""

    def __init__(self, result: GateResult) -> None:
        self.result = result
        super().__init__(failure_message(result))


def failure_message(result: GateResult, most_rows: int = 10) -> str:
    """What stops the publish, in plain text: each critical check with its reason and failing rows."""
    broken = result.blocking
    noun = "check" if len(broken) == 1 else "checks"
    lines = [f"{len(broken)} critical {noun} of the {result.boundary} boundary did not pass; nothing is published."]
    for check in broken:
        lines += [
            "",
            f"{check.table}: {check.description} [{check.check}, {check.severity}, {check.outcome}]",
        ]
        lines.append(f"  why it matters: {check.why}")
        if check.outcome == "raised":
            lines.append(f"  the check could not run: {check.error}")
        elif check.rows_failed is not None:
            of = f" of {check.rows_checked}" if check.rows_checked else ""
            lines.append(f"  failing rows: {check.rows_failed}{of}")
        if check.observed:
            lines.append(f"  found: {check.observed}")
        if check.rows:
            lines += [f"    {line}" for line in _text_table(check.row_columns, check.rows[:most_rows])]
    if result.report:
        lines += ["", f"Report of all checks: {result.report}"]
    return "\n".join(lines)


def _text_table(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], width: int = 32) -> list[str]:
    """Lines of a plain-text table; long cells are cut."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), max_width=width, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*map(Text, row))  # cells come from files of strangers: no markup
    console = Console(file=io.StringIO(), width=(width + 3) * max(1, len(columns)), color_system=None)
    with console.capture() as printed:
        console.print(table)
    return [line.rstrip() for line in printed.get().splitlines()]
