"""One offline HTML file per boundary and run, and its results as JSON.

The page loads nothing, needs no script, and every value in it is escaped: cells come from files of strangers.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from funnelhouse.files import write_bytes, write_json
from funnelhouse.quality.results import GateResult
from funnelhouse.quality.suites import SEVERITIES
from funnelhouse.settings import Settings

KEPT_REPORTS = 30
"""Dated copies kept per boundary."""

TITLES = {"raw": "Checks of the loaded exports", "marts": "Checks of the tables for readers"}
SAID = {
    "fail": "Not published: something critical is broken",
    "warn": "Published with warnings",
    "pass": "Everything passed",
}
MARKS = {"failed": "✗ failed", "raised": "✗ could not run", "no rows": "– no rows", "passed": "✓ passed"}

TONES = {"critical": "bad", "warning": "warn", "info": "info"}
STATUS_TONES = {"fail": "bad", "warn": "warn", "pass": "good"}

_TEMPLATES = Environment(
    loader=PackageLoader("funnelhouse.quality"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


def write_report(settings: Settings, result: GateResult) -> Path:
    """Write `checks-<boundary>.html` and `.json` and a dated copy of both; the path of the HTML file."""
    path = settings.reports / f"checks-{result.boundary}.html"
    result.report = path
    page = render(result).encode()
    stamp = result.started_at.replace(":", "").replace("-", "").replace("+0000", "Z")
    history = settings.reports / "history"
    for target in (history / f"checks-{result.boundary}-{stamp}.html", path):
        write_bytes(target, page)
        write_json(target.with_suffix(".json"), result.to_document())
    for suffix in ("html", "json"):
        for old in sorted(history.glob(f"checks-{result.boundary}-*.{suffix}"))[:-KEPT_REPORTS]:
            old.unlink(missing_ok=True)
    return path


def render(result: GateResult) -> str:
    """The page. Broken checks come first, the gravest at the top; everything that passed is one table at the end."""
    return _TEMPLATES.get_template("report.html.j2").render(
        result=result, title=TITLES[result.boundary], said=_said(result), tone=STATUS_TONES[result.status],
        started=result.started_at.replace("T", " ").replace("+00:00", " UTC"), marks=MARKS, tones=TONES,
        severities=SEVERITIES, tables=len({check.table for check in result.checks}),
    )  # fmt: skip


def _said(result: GateResult) -> str:
    if result.boundary == "raw" and result.status != "fail":
        return {"warn": "Good enough to build on, with warnings", "pass": SAID["pass"]}[result.status]
    return SAID[result.status]
